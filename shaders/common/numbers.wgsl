// One number, or four where a buffer's numbers come in fours.
//if VECTORS
alias Numbers = vec4<f32>;
//else
alias Numbers = f32;
//end

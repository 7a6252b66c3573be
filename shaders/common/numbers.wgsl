// One number, or four where a buffer's numbers come in fours.
//if VECTORS
alias Numbers = vec4<f32>;
alias Bits = vec4<u32>;
//else
alias Numbers = f32;
alias Bits = u32;
//end
//use or_nan

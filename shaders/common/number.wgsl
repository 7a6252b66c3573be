// One number.
alias Numbers = f32;
alias Bits = u32;
//use or_nan

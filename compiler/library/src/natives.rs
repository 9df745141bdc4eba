//! Runtime functions that library bodies call as `prim.<name>(...)`.
//!
//! One row each: the name of the helper in `runtime/abi/src/helpers.rs` (behind `=` where
//! the primitive has another), and what it takes and gives in terms of the language. Typing
//! and lowering follow from the row. The primitives over lists, sets and dicts, whose types depend on the elements, are the
//! front end's (`infer/containers.rs`).

/// A parameter or result.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NativeTy {
    /// Nothing.
    None,
    /// A Python bool.
    Bool,
    /// A Python int; a bool or NumPy integer is taken as well.
    Int,
    /// A Python float; a NumPy float is taken as well.
    Float,
    /// A string.
    Str,
    /// Bytes.
    Bytes,
    /// A bytearray, array.array or memoryview; no result.
    Buffer,
    /// A random number generator.
    Random,
    /// An array: the helper gets the address of its first element; no result.
    Memory,
    /// A list of strings.
    ListOfStr,
    /// A list of bytes.
    ListOfBytes,
    /// A list of ints.
    ListOfInt,
    /// A value of any type that a container can hold: the helper gets the address of its
    /// layout, and the value in the scratch buffer (at most one such parameter).
    Any,
}

/// One runtime function.
#[derive(Clone, Copy, Debug)]
pub struct Native {
    /// The name behind `prim.`.
    pub name: &'static str,
    /// The helper's name: another one where bytes are as good as strings to it.
    pub helper: &'static str,
    /// Parameters.
    pub params: &'static [NativeTy],
    /// Result.
    pub result: NativeTy,
}

macro_rules! natives {
    ($( $name:ident $(= $helper:ident)? ($($param:ident),*) -> $result:ident; )*) => {
        /// All rows.
        pub const NATIVES: &[Native] = &[ $(
            Native {
                name: stringify!($name),
                helper: [$(stringify!($helper),)? stringify!($name)][0],
                params: &[ $( NativeTy::$param ),* ],
                result: NativeTy::$result,
            },
        )* ];
    };
}

natives! {
    raise_text (Int, Str) -> None;
    warn_note (Str) -> None;
    warn_modes (Int) -> Int;
    thread_count () -> Int;
    thread_number () -> Int;
    float_flags_raise (Int) -> None;

    // Functions of C; see the rows in `runtime/abi/src/helpers.rs`.
    foreign_int (Int, Int, Int, Int, Int, Int, Int, Int, Float, Float, Float, Float, Float, Float, Float, Float) -> Int;
    foreign_float (Int, Int, Int, Int, Int, Int, Int, Int, Float, Float, Float, Float, Float, Float, Float, Float) -> Float;

    // Strings and bytes.
    str_concat (Str, Str) -> Str;
    str_repeat (Str, Int) -> Str;
    str_contains (Str, Str) -> Bool;
    str_ord (Str) -> Int;
    str_chr (Int) -> Str;
    bytes_concat (Bytes, Bytes) -> Bytes;
    bytes_repeat (Bytes, Int) -> Bytes;
    bytes_has (Bytes, Int) -> Bool;
    bytes_hex (Bytes) -> Str;
    bytes_contains = str_contains (Bytes, Bytes) -> Bool;
    bytes_ord = str_ord (Bytes) -> Int;
    bytes_find = str_find (Bytes, Bytes, Int, Int) -> Int;
    bytes_rfind = str_rfind (Bytes, Bytes, Int, Int) -> Int;
    bytes_count = str_count (Bytes, Bytes, Int, Int) -> Int;
    bytes_startswith = str_startswith (Bytes, Bytes, Int, Int) -> Bool;
    bytes_endswith = str_endswith (Bytes, Bytes, Int, Int) -> Bool;
    bytes_isascii = str_isascii (Bytes) -> Bool;
    // Classes: alnum, alpha, digit, lower, upper, title, space.
    bytes_is (Bytes, Int) -> Bool;
    bytes_replace = str_replace (Bytes, Bytes, Bytes, Int) -> Bytes;
    bytes_split = str_split (Bytes, Bytes, Int) -> ListOfBytes;
    bytes_rsplit = str_rsplit (Bytes, Bytes, Int) -> ListOfBytes;
    bytes_split_space (Bytes, Int) -> ListOfBytes;
    bytes_rsplit_space (Bytes, Int) -> ListOfBytes;
    bytes_splitlines (Bytes, Bool) -> ListOfBytes;
    bytes_join = str_join (Bytes, ListOfBytes) -> Bytes;
    bytes_strip = str_strip (Bytes, Bytes, Int) -> Bytes;
    bytes_strip_space (Bytes, Int) -> Bytes;
    // Cases: upper, lower, title, capitalize, swapcase.
    bytes_case (Bytes, Int) -> Bytes;
    bytes_justify (Bytes, Int, Bytes, Int) -> Bytes;
    bytes_zfill (Bytes, Int) -> Bytes;
    bytes_expandtabs (Bytes, Int) -> Bytes;
    bytes_translate (Bytes, Bytes, Bytes) -> Bytes;
    bytes_maketrans (Bytes, Bytes) -> Bytes;
    bytes_zeros (Int) -> Bytes;
    bytes_of_memory (Memory, Int) -> Bytes;
    bytes_of_list (ListOfInt) -> Bytes;
    bytes_into (Bytes, Memory, Int) -> None;
    points_into (Str, Memory, Int) -> None;
    bytes_hex_grouped (Bytes, Str, Int) -> Str;
    bytes_from_hex (Str) -> Bytes;
    buffer_resize (Buffer, Int) -> None;
    // From where, and how many, which are inside.
    buffer_delete (Buffer, Int, Int) -> None;
    buffer_bytes (Buffer) -> Bytes;
    // Bytes from an element on, which are inside.
    buffer_write (Buffer, Int, Bytes) -> None;
    // To, from, count.
    buffer_move (Buffer, Int, Int, Int) -> None;
    int_to_bytes (Int, Int, Str, Bool) -> Bytes;
    int_from_bytes (Bytes, Str, Bool) -> Int;
    float_hex (Float) -> Str;
    float_from_hex (Str) -> Float;
    percent_int (Str, Int) -> Str;
    percent_float (Str, Float) -> Str;
    percent_str (Str, Str) -> Str;
    hash_of (Any) -> Int;
    bytes_decode (Bytes, Str, Str) -> Str;
    str_encode (Str, Str, Str) -> Bytes;
    str_find (Str, Str, Int, Int) -> Int;
    str_rfind (Str, Str, Int, Int) -> Int;
    str_count (Str, Str, Int, Int) -> Int;
    str_startswith (Str, Str, Int, Int) -> Bool;
    str_endswith (Str, Str, Int, Int) -> Bool;
    str_replace (Str, Str, Str, Int) -> Str;
    str_split (Str, Str, Int) -> ListOfStr;
    str_rsplit (Str, Str, Int) -> ListOfStr;
    str_split_space (Str, Int) -> ListOfStr;
    str_rsplit_space (Str, Int) -> ListOfStr;
    str_splitlines (Str, Bool) -> ListOfStr;
    str_join (Str, ListOfStr) -> Str;
    str_join_characters (Str, Str) -> Str;
    // Sides: 1 the left, 2 the right, 3 both.
    str_strip (Str, Str, Int) -> Str;
    str_strip_space (Str, Int) -> Str;
    str_upper (Str) -> Str;
    str_lower (Str) -> Str;
    str_title (Str) -> Str;
    str_capitalize (Str) -> Str;
    str_swapcase (Str) -> Str;
    str_casefold (Str) -> Str;
    str_isalnum (Str) -> Bool;
    str_isalpha (Str) -> Bool;
    str_isascii (Str) -> Bool;
    str_isdecimal (Str) -> Bool;
    str_isdigit (Str) -> Bool;
    str_isidentifier (Str) -> Bool;
    str_islower (Str) -> Bool;
    str_isnumeric (Str) -> Bool;
    str_isprintable (Str) -> Bool;
    str_isspace (Str) -> Bool;
    str_istitle (Str) -> Bool;
    str_isupper (Str) -> Bool;
    // Width, fill, and 0, 1, 2 for `ljust`, `rjust`, `center`.
    str_justify (Str, Int, Str, Int) -> Str;
    str_zfill (Str, Int) -> Str;
    str_expandtabs (Str, Int) -> Str;
    str_repr (Str) -> Str;
    str_ascii (Str) -> Str;

    // Random numbers of a generator; see the rows in `runtime/abi/src/helpers.rs`.
    rng_unit (Random) -> Float;
    rng_unit_32 (Random) -> Float;
    rng_exponential_1 (Random) -> Float;
    rng_exponential_32 (Random) -> Float;
    rng_normal_1 (Random) -> Float;
    rng_normal_32 (Random) -> Float;
    rng_gamma_1 (Random, Float) -> Float;
    rng_gamma_32 (Random, Float) -> Float;
    rng_normal (Random, Float, Float) -> Float;
    rng_gamma (Random, Float, Float) -> Float;
    rng_exponential (Random, Float) -> Float;
    rng_uniform (Random, Float, Float) -> Float;
    rng_beta (Random, Float, Float) -> Float;
    rng_chisquare (Random, Float) -> Float;
    rng_f (Random, Float, Float) -> Float;
    rng_standard_cauchy (Random) -> Float;
    rng_pareto (Random, Float) -> Float;
    rng_weibull (Random, Float) -> Float;
    rng_power (Random, Float) -> Float;
    rng_laplace (Random, Float, Float) -> Float;
    rng_gumbel (Random, Float, Float) -> Float;
    rng_logistic (Random, Float, Float) -> Float;
    rng_lognormal (Random, Float, Float) -> Float;
    rng_rayleigh (Random, Float) -> Float;
    rng_standard_t (Random, Float) -> Float;
    rng_noncentral_chisquare (Random, Float, Float) -> Float;
    rng_noncentral_f (Random, Float, Float, Float) -> Float;
    rng_wald (Random, Float, Float) -> Float;
    rng_vonmises (Random, Float, Float) -> Float;
    rng_triangular (Random, Float, Float, Float) -> Float;
    rng_poisson (Random, Float) -> Int;
    rng_negative_binomial (Random, Float, Float) -> Int;
    rng_logseries (Random, Float) -> Int;
    rng_geometric (Random, Float) -> Int;
    rng_zipf (Random, Float) -> Int;
    rng_hypergeometric (Random, Int, Int, Int) -> Int;
    rng_interval (Random, Int) -> Int;
    rng_fill_unit (Random, Int, Memory, Int) -> None;
    rng_fill_exponential (Random, Int, Memory, Int) -> None;
    rng_fill_exponential_inv (Random, Int, Memory, Int) -> None;
    rng_fill_normal (Random, Int, Memory, Int) -> None;
    rng_fill_integers (Random, Int, Int, Int, Memory, Int) -> None;
    rng_integer (Random, Int, Int, Int) -> Int;
    rng_forget_spare (Random) -> None;
    rng_bounded (Random, Int) -> Int;
    rng_binomial (Random, Float, Int) -> Int;
    rng_multinomial (Random, Int, Memory, Int, Memory, Int, Int) -> None;
    rng_colors_by_count (Random, Int, Int, Memory, Int, Int, Memory) -> Bool;
    rng_colors_by_marginals (Random, Int, Int, Memory, Int, Int, Memory) -> None;
    rng_new (ListOfInt) -> Random;
    rng_new_of_entropy () -> Random;

    // Bytes of one array, without gaps, to another: how many.
    move_bytes (Memory, Memory, Int) -> None;

    // Linear algebra; see the rows in `runtime/abi/src/helpers.rs`.
    matrix_product (Int, Int, Int, Int, Memory, Int, Int, Memory, Int, Int, Memory) -> None;
    real_dot (Int, Int, Memory, Int, Memory, Int) -> Float;
    complex_dot (Int, Int, Memory, Int, Memory, Int, Bool, Memory) -> None;
    lapack_solve (Int, Int, Int, Memory, Int, Int, Memory, Int, Int, Memory) -> Int;
    lapack_inverse (Int, Int, Memory, Int, Int, Memory) -> Int;
    lapack_determinant (Int, Int, Memory, Int, Int, Memory, Memory, Memory) -> None;
    lapack_cholesky (Int, Bool, Int, Memory, Int, Int, Memory) -> Int;
    lapack_qr (Int, Int, Int, Int, Memory, Int, Int, Memory, Memory, Memory) -> Int;
    lapack_eigh (Int, Bool, Bool, Int, Memory, Int, Int, Memory, Memory) -> Int;
    lapack_eig (Int, Bool, Int, Memory, Int, Int, Memory, Memory) -> Int;
    lapack_svd (Int, Int, Int, Int, Memory, Int, Int, Memory, Memory, Memory) -> Int;
    lapack_least_squares (Int, Int, Int, Int, Memory, Int, Int, Memory, Int, Int, Float, Memory, Memory, Memory) -> Int;

    // Fourier transforms: what from what, whether in double, the length, what results are
    // multiplied by, how many lines, the operand with its strides and how many elements of
    // a line count, the result with its strides.
    fourier_lines (Int, Bool, Int, Float, Int, Memory, Int, Int, Int, Memory, Int, Int) -> None;

    // Text of values, and numbers from text.
    str_of_int (Int) -> Str;
    format_int (Int, Str) -> Str;
    format_float (Float, Str) -> Str;
    format_str (Str, Str) -> Str;
    value_str (Any) -> Str;
    value_repr (Any) -> Str;
    value_ascii (Any) -> Str;
    value_format (Any, Str) -> Str;
    print_text (Str) -> None;
    int_of_str (Str, Int) -> Int;
    float_of_str (Str) -> Float;
    complex_of_str_real (Str) -> Float;
    complex_of_str_imag (Str) -> Float;
}

/// The row of a name.
pub fn native(name: &str) -> Option<&'static Native> {
    NATIVES.iter().find(|n| n.name == name)
}

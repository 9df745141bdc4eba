//! The table of runtime functions: each declared once.
//!
//! The compiler declares externs from it, the runtime's address table is built
//! from it in the same order, and the reference interpreter's host calls through
//! it. A row's native signature: `pure` takes the parameters only; `effects` and
//! `raises` take `*mut Context` first; a `raises` function sets
//! [`crate::Context::status`] when it fails.
//!
//! `free_owner`, `poll_slow` and `osr_poll_slow`, which compiled code calls from cold blocks,
//! leave all general and 128-bit vector registers as they were: a backend may
//! call them under a convention that says so.

/// Types of parameters and results.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum AbiType {
    Bool,
    I64,
    F32,
    F64,
    Ptr,
}

/// What a runtime function may do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum HelperEffects {
    Pure,
    Effects,
    Raises,
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Helper {
    /// The name in IR text and in the runtime.
    pub name: &'static str,
    /// Parameters, without the context.
    pub params: &'static [AbiType],
    /// The result.
    pub result: Option<AbiType>,
    /// Effects.
    pub effects: HelperEffects,
}

/// Expands `$callback!` over the rows `name (params) -> result effects;`.
#[macro_export]
macro_rules! for_each_helper {
    ($callback:ident) => {
        $callback! {
            // Memory. `alloc(size, zeroed)` gives an Owner with one reference.
            alloc (I64, Bool) -> (Ptr) Raises;
            free_owner (Ptr) -> () Effects;
            // The slots of arrays that are globals: parts in the order of `Ty::parts`.
            global_slots () -> (Ptr) Effects;
            // Slow path of `poll`: runs Python's signal handlers.
            poll_slow () -> () Raises;
            // As `poll_slow`; gives `STATUS_OSR` where better code is there.
            osr_poll_slow () -> () Raises;
            // Around a call by C (`for_c.rs`). `c_result` is a slot of the function's frame,
            // and no call. `c_floats` gives the control word where it isn't the default, which
            // then is set, and 0 otherwise; `c_floats_back` sets such a word. `c_failed` says
            // whether there is a result after all.
            c_result () -> (Ptr) Effects;
            c_floats () -> (I64) Effects;
            c_floats_back (I64) -> () Effects;
            c_stack () -> () Effects;
            c_leave () -> () Effects;
            c_failed (I64) -> (Bool) Effects;
            // Handlers (`runtime/core/src/exceptions.rs`). `exc_catch(status)` gives the
            // record of the exception, `exc_end` ends its handling; `exc_reraise` and
            // `exc_raise` take a reference; `exc_from` a cause or null.
            exc_catch (I64) -> (Ptr) Effects;
            exc_end () -> () Effects;
            // A generator goes on where an exception is being handled; an exception that
            // closing a dropped generator has raised is reported.
            exc_resume (Ptr) -> () Effects;
            exc_ignored (Ptr) -> () Effects;
            // What is thrown arrives in the generator; an exception leaves one: its status.
            exc_thrown () -> () Effects;
            exc_leaves_generator (I64) -> (I64) Effects;
            exc_class (Ptr) -> (I64) Effects;
            // Whether the class is in a set of numbers below 128, by two words of bits.
            exc_is (Ptr, I64, I64) -> (Bool) Effects;
            exc_reraise (Ptr) -> () Effects;
            exc_raise (Ptr) -> () Effects;
            exc_from (Ptr) -> () Effects;
            // A record of what `set_raise` said, which nobody has raised yet.
            exc_new () -> (Ptr) Effects;
            // A text ([`crate::exceptions::ExceptionText`]), as Python's object for the
            // record has it, and the number of its arguments.
            exc_text (Ptr, I64) -> (Ptr) Raises;
            exc_args (Ptr) -> (I64) Effects;
            // Whether the class is just the one of a number.
            exc_is_exactly (Ptr, I64) -> (Bool) Effects;
            // `__cause__`, or `__context__`: not retained, or null.
            exc_link (Ptr, Bool) -> (Ptr) Effects;
            // `e.add_note(text)`
            exc_add_note (Ptr, Ptr) -> () Effects;
            // Copy of possibly overlapping bytes: destination, source, size.
            move_bytes (Ptr, Ptr, I64) -> () Effects;

            // Streams of random numbers that belong to the interpreter (the driver
            // finds kernels that draw by the names' prefixes), and clocks.
            py_random () -> (F64) Effects;
            py_random_bits (I64) -> (I64) Effects;
            py_random_kept () -> (F64) Effects;
            py_random_keep (F64) -> () Effects;
            py_random_seed (I64) -> () Effects;
            np_random () -> (F64) Effects;
            np_random_word () -> (I64) Effects;
            np_random_long () -> (I64) Effects;
            np_random_kept () -> (F64) Effects;
            np_random_keep (F64) -> () Effects;
            np_random_seed (I64) -> () Effects;
            turns_begin (I64) -> () Effects;
            turns_end (I64) -> () Effects;
            turn_begins (I64) -> () Effects;
            clock_ns (I64) -> (I64) Effects;
            // Waits so many seconds, at least 0 and at most a short while.
            clock_pause (F64) -> () Effects;

            // Parallel loops (`runtime/core/src/parallel.rs`): the record of a loop of so many
            // turns, over so many slots of arguments, of results and of owners; runs its blocks
            // by an entry, as the last argument says. Threads that a loop may use, and the
            // number of this one among those of its loop.
            parallel_new (I64, I64, I64, I64, I64) -> (Ptr) Raises;
            parallel_run (Ptr, Ptr, I64) -> () Raises;
            // The host is about to touch memory from an address to another, which loops on a
            // device may have (`parallel::uses`).
            device_use (I64, I64, I64) -> () Raises;
            thread_count () -> (I64) Raises;
            thread_number () -> (I64) Effects;
            // Loops that are watched for races (`runtime/core/src/races.rs`): a turn begins;
            // where a library body is called; so many bytes at an address are accessed, in some
            // way, with the table of places.
            race_turn (I64) -> () Effects;
            race_line (I64) -> () Effects;
            race_access (Ptr, I64, I64, Ptr) -> () Raises;

            // Threads of a grid on a processor: memory is accessed, or a fence is passed, as
            // the second argument says (`abi::grid::access`).
            grid_access (Ptr, I64) -> () Raises;
            // What a thread prints: a text as `printf` takes it, ended by a zero, and a word for
            // each of its places. Devices have `vprintf` for it.
            kernel_print (Ptr, Ptr) -> () Raises;

            // Functions of C (`runtime/core/src/foreign.rs`): the address, how arguments and the
            // result are passed, arguments in general registers, arguments in those of floats.
            foreign_int (I64, I64, I64, I64, I64, I64, I64, I64, F64, F64, F64, F64, F64, F64, F64, F64) -> (I64) Effects;
            foreign_float (I64, I64, I64, I64, I64, I64, I64, I64, F64, F64, F64, F64, F64, F64, F64, F64) -> (F64) Effects;

            // Warnings (`runtime/core/src/warnings.rs`): a string constant that says which one
            // to issue, and the function's handle and the line where all noted ones are issued.
            warn_note (Ptr) -> () Effects;
            warn_noted (I64, I64) -> () Raises;
            // What `np.errstate` says; gives what was said before.
            warn_modes (I64) -> (I64) Effects;
            // Whole-array arithmetic, of which the processor's flags of floating-point errors
            // say whether to look again: cleared before it, read behind it (0 where nothing that
            // anybody listens to has happened). Clearing gives 0.
            float_flags_clear () -> (F64) Effects;
            float_flags () -> (I64) Effects;
            // Sets flags, for what sets none by itself.
            float_flags_raise (I64) -> () Effects;
            // Takes so many slots of the scratch buffer as operands of the next look.
            look_operand (I64) -> () Effects;
            // NumPy does again what a constant's text says, for its warnings: the text, the
            // function's handle, the flags.
            look (Ptr, I64, I64) -> () Effects;
            // Raises what the look has raised at this line, if it has.
            look_raise (I64) -> () Raises;

            // NumPy's distributions, of a generator (`runtime/core/src/distributions.rs`).
            rng_unit (Ptr) -> (F64) Effects;
            rng_unit_32 (Ptr) -> (F64) Effects;
            rng_exponential_1 (Ptr) -> (F64) Effects;
            rng_exponential_32 (Ptr) -> (F64) Effects;
            rng_normal_1 (Ptr) -> (F64) Effects;
            rng_normal_32 (Ptr) -> (F64) Effects;
            rng_gamma_1 (Ptr, F64) -> (F64) Effects;
            rng_gamma_32 (Ptr, F64) -> (F64) Effects;
            rng_normal (Ptr, F64, F64) -> (F64) Effects;
            rng_gamma (Ptr, F64, F64) -> (F64) Effects;
            rng_exponential (Ptr, F64) -> (F64) Effects;
            rng_uniform (Ptr, F64, F64) -> (F64) Effects;
            rng_beta (Ptr, F64, F64) -> (F64) Effects;
            rng_chisquare (Ptr, F64) -> (F64) Effects;
            rng_f (Ptr, F64, F64) -> (F64) Effects;
            rng_standard_cauchy (Ptr) -> (F64) Effects;
            rng_pareto (Ptr, F64) -> (F64) Effects;
            rng_weibull (Ptr, F64) -> (F64) Effects;
            rng_power (Ptr, F64) -> (F64) Effects;
            rng_laplace (Ptr, F64, F64) -> (F64) Effects;
            rng_gumbel (Ptr, F64, F64) -> (F64) Effects;
            rng_logistic (Ptr, F64, F64) -> (F64) Effects;
            rng_lognormal (Ptr, F64, F64) -> (F64) Effects;
            rng_rayleigh (Ptr, F64) -> (F64) Effects;
            rng_standard_t (Ptr, F64) -> (F64) Effects;
            rng_noncentral_chisquare (Ptr, F64, F64) -> (F64) Effects;
            rng_noncentral_f (Ptr, F64, F64, F64) -> (F64) Effects;
            rng_wald (Ptr, F64, F64) -> (F64) Effects;
            rng_vonmises (Ptr, F64, F64) -> (F64) Effects;
            rng_triangular (Ptr, F64, F64, F64) -> (F64) Effects;
            rng_poisson (Ptr, F64) -> (I64) Effects;
            rng_negative_binomial (Ptr, F64, F64) -> (I64) Effects;
            rng_logseries (Ptr, F64) -> (I64) Effects;
            rng_geometric (Ptr, F64) -> (I64) Effects;
            rng_zipf (Ptr, F64) -> (I64) Effects;
            rng_hypergeometric (Ptr, I64, I64, I64) -> (I64) Effects;
            rng_interval (Ptr, I64) -> (I64) Effects;
            // So many of them into memory of 8 or 4 bytes each.
            rng_fill_unit (Ptr, I64, Ptr, I64) -> () Effects;
            rng_fill_exponential (Ptr, I64, Ptr, I64) -> () Effects;
            rng_fill_exponential_inv (Ptr, I64, Ptr, I64) -> () Effects;
            rng_fill_normal (Ptr, I64, Ptr, I64) -> () Effects;
            // Integers from a lowest one on, in a range: bytes of one (0 for bools), where
            // they go, how many.
            rng_fill_integers (Ptr, I64, I64, I64, Ptr, I64) -> () Effects;
            // One of them, of so many bytes; the spare bits are the generator's.
            rng_integer (Ptr, I64, I64, I64) -> (I64) Effects;
            rng_forget_spare (Ptr) -> () Effects;
            rng_bounded (Ptr, I64) -> (I64) Effects;
            rng_binomial (Ptr, F64, I64) -> (I64) Effects;
            // How many; an array and from which element on: where they go, and the
            // probabilities; how many of these.
            rng_multinomial (Ptr, I64, Ptr, I64, Ptr, I64, I64) -> () Effects;
            // Total, colors, their counts, how many to draw, variates, where they go.
            rng_colors_by_count (Ptr, I64, I64, Ptr, I64, I64, Ptr) -> (Bool) Effects;
            rng_colors_by_marginals (Ptr, I64, I64, Ptr, I64, I64, Ptr) -> () Effects;
            // A generator of the default kind.
            rng_new (Ptr) -> (Ptr) Raises;
            rng_new_of_entropy () -> (Ptr) Raises;

            // Elementary functions of the C library, double and single.
            sin_f64 (F64) -> (F64) Pure;
            cos_f64 (F64) -> (F64) Pure;
            tan_f64 (F64) -> (F64) Pure;
            asin_f64 (F64) -> (F64) Pure;
            acos_f64 (F64) -> (F64) Pure;
            atan_f64 (F64) -> (F64) Pure;
            atan2_f64 (F64, F64) -> (F64) Pure;
            sinh_f64 (F64) -> (F64) Pure;
            cosh_f64 (F64) -> (F64) Pure;
            tanh_f64 (F64) -> (F64) Pure;
            asinh_f64 (F64) -> (F64) Pure;
            acosh_f64 (F64) -> (F64) Pure;
            atanh_f64 (F64) -> (F64) Pure;
            exp_f64 (F64) -> (F64) Pure;
            exp2_f64 (F64) -> (F64) Pure;
            expm1_f64 (F64) -> (F64) Pure;
            log_f64 (F64) -> (F64) Pure;
            log2_f64 (F64) -> (F64) Pure;
            log10_f64 (F64) -> (F64) Pure;
            log1p_f64 (F64) -> (F64) Pure;
            cbrt_f64 (F64) -> (F64) Pure;
            erf_f64 (F64) -> (F64) Pure;
            erfc_f64 (F64) -> (F64) Pure;
            tgamma_f64 (F64) -> (F64) Pure;
            lgamma_f64 (F64) -> (F64) Pure;
            hypot_f64 (F64, F64) -> (F64) Pure;
            pow_f64 (F64, F64) -> (F64) Pure;
            fmod_f64 (F64, F64) -> (F64) Pure;
            remainder_f64 (F64, F64) -> (F64) Pure;
            nextafter_f64 (F64, F64) -> (F64) Pure;
            ldexp_f64 (F64, I64) -> (F64) Pure;
            frexp_mantissa_f64 (F64) -> (F64) Pure;
            frexp_exponent_f64 (F64) -> (I64) Pure;
            // Correctly rounded decimal rounding, as CPython's `round(x, n)`.
            round_decimal_f64 (F64, I64) -> (F64) Pure;
            // Complex functions where a part isn't finite: the function's number times 2,
            // plus 1 for the imaginary part; the argument's parts.
            cmath_special (I64, F64, F64) -> (F64) Pure;
            // Quotient of two integers, rounded once; nan for a zero divisor.
            int_true_divide (I64, I64) -> (F64) Pure;
            // Power modulo; 0 for a negative exponent or a zero modulus.
            pow_mod (I64, I64, I64) -> (I64) Pure;
            // Lines of numbers at addresses (`runtime/core/src/sorting.rs`): the line, how many,
            // their kind and size; for a partition also the position that is asked for, for
            // positions first where they go.
            sort_numbers (I64, I64, I64, I64) -> () Effects;
            partition_numbers (I64, I64, I64, I64, I64) -> () Effects;
            sorted_positions (I64, I64, I64, I64, I64) -> () Effects;
            // Linear algebra (`runtime/core/src/linear`): a dtype's number, extents, and arrays as
            // addresses with their strides in bytes; last where results go, in C order.
            matrix_product (I64, I64, I64, I64, Ptr, I64, I64, Ptr, I64, I64, Ptr) -> () Raises;
            real_dot (I64, I64, Ptr, I64, Ptr, I64) -> (F64) Effects;
            complex_dot (I64, I64, Ptr, I64, Ptr, I64, Bool, Ptr) -> () Effects;
            lapack_solve (I64, I64, I64, Ptr, I64, I64, Ptr, I64, I64, Ptr) -> (I64) Raises;
            lapack_inverse (I64, I64, Ptr, I64, I64, Ptr) -> (I64) Raises;
            lapack_determinant (I64, I64, Ptr, I64, I64, Ptr, Ptr, Ptr) -> () Raises;
            lapack_cholesky (I64, Bool, I64, Ptr, I64, I64, Ptr) -> (I64) Raises;
            lapack_qr (I64, I64, I64, I64, Ptr, I64, I64, Ptr, Ptr, Ptr) -> (I64) Raises;
            lapack_eigh (I64, Bool, Bool, I64, Ptr, I64, I64, Ptr, Ptr) -> (I64) Raises;
            lapack_eig (I64, Bool, I64, Ptr, I64, I64, Ptr, Ptr) -> (I64) Raises;
            lapack_svd (I64, I64, I64, I64, Ptr, I64, I64, Ptr, Ptr, Ptr) -> (I64) Raises;
            lapack_least_squares (I64, I64, I64, I64, Ptr, I64, I64, Ptr, I64, I64, F64, Ptr, Ptr, Ptr) -> (I64) Raises;
            // A Fourier transform of lines (`runtime/core/src/fourier.rs`).
            fourier_lines (I64, Bool, I64, F64, I64, Ptr, I64, I64, I64, Ptr, I64, I64) -> () Raises;
            sin_f32 (F32) -> (F32) Pure;
            cos_f32 (F32) -> (F32) Pure;
            tan_f32 (F32) -> (F32) Pure;
            asin_f32 (F32) -> (F32) Pure;
            acos_f32 (F32) -> (F32) Pure;
            atan_f32 (F32) -> (F32) Pure;
            atan2_f32 (F32, F32) -> (F32) Pure;
            sinh_f32 (F32) -> (F32) Pure;
            cosh_f32 (F32) -> (F32) Pure;
            tanh_f32 (F32) -> (F32) Pure;
            asinh_f32 (F32) -> (F32) Pure;
            acosh_f32 (F32) -> (F32) Pure;
            atanh_f32 (F32) -> (F32) Pure;
            exp_f32 (F32) -> (F32) Pure;
            exp2_f32 (F32) -> (F32) Pure;
            expm1_f32 (F32) -> (F32) Pure;
            log_f32 (F32) -> (F32) Pure;
            log2_f32 (F32) -> (F32) Pure;
            log10_f32 (F32) -> (F32) Pure;
            log1p_f32 (F32) -> (F32) Pure;
            cbrt_f32 (F32) -> (F32) Pure;
            hypot_f32 (F32, F32) -> (F32) Pure;
            pow_f32 (F32, F32) -> (F32) Pure;
            fmod_f32 (F32, F32) -> (F32) Pure;
            nextafter_f32 (F32, F32) -> (F32) Pure;

            // Objects. Ownership and meaning: `runtime/core/src/objects`. Keys and values pass
            // through the scratch slots, borrowed; a Ptr is an object, a layout or slots.
            scratch () -> (Ptr) Effects;
            value_equal (Ptr, Ptr, Ptr) -> (Bool) Raises;
            value_compare (Ptr, Ptr, Ptr) -> (I64) Raises;
            value_hash (Ptr, Ptr) -> (I64) Raises;
            value_retain (Ptr, Ptr) -> () Effects;
            value_release (Ptr, Ptr) -> () Effects;
            frame_new (Ptr) -> (Ptr) Raises;
            list_new (Ptr, I64) -> (Ptr) Raises;
            list_append (Ptr) -> (Ptr) Raises;
            list_insert (Ptr, I64) -> (Ptr) Raises;
            list_delete (Ptr, I64, I64) -> () Effects;
            list_delete_steps (Ptr, I64, I64, I64) -> () Effects;
            list_clear (Ptr) -> () Effects;
            list_rotate (Ptr, I64) -> () Effects;
            list_changes (Ptr) -> (I64) Effects;
            list_limit (Ptr) -> (I64) Effects;
            list_set_limit (Ptr, I64) -> () Effects;
            list_extend (Ptr, Ptr) -> () Raises;
            list_concat (Ptr, Ptr) -> (Ptr) Raises;
            list_slice (Ptr, I64, I64, I64) -> (Ptr) Raises;
            list_assign_slice (Ptr, I64, I64, Ptr) -> () Raises;
            list_assign_steps (Ptr, I64, I64, I64, Ptr) -> () Raises;
            list_repeat (Ptr, I64) -> (Ptr) Raises;
            list_repeat_in_place (Ptr, I64) -> () Raises;
            list_reverse (Ptr) -> () Effects;
            list_equal (Ptr, Ptr) -> (Bool) Raises;
            list_compare (Ptr, Ptr) -> (I64) Raises;
            list_find (Ptr, I64, I64) -> (I64) Raises;
            list_find_as (Ptr, Ptr, I64, I64) -> (I64) Raises;
            list_count (Ptr) -> (I64) Raises;
            list_count_as (Ptr, Ptr) -> (I64) Raises;
            list_sort (Ptr, Bool) -> () Raises;
            list_order (Ptr, Bool) -> (Ptr) Raises;
            list_take (Ptr, Ptr) -> (Ptr) Raises;
            set_new (Ptr) -> (Ptr) Raises;
            dict_new (Ptr, Ptr) -> (Ptr) Raises;
            set_add (Ptr) -> (Bool) Raises;
            table_find (Ptr) -> (I64) Raises;
            table_find_as (Ptr, Ptr) -> (I64) Raises;
            table_delete (Ptr) -> (Bool) Raises;
            table_remove (Ptr, I64) -> () Effects;
            dict_assign (Ptr) -> (Ptr) Raises;
            dict_find (Ptr) -> (Ptr) Raises;
            dict_get (Ptr) -> (Ptr) Raises;
            dict_setdefault_slot (Ptr) -> (Ptr) Raises;
            // The same for keys that are ints or strings, in a register.
            set_add_int (Ptr, I64) -> (Bool) Raises;
            set_add_str (Ptr, Ptr) -> (Bool) Raises;
            set_find_int (Ptr, I64) -> (I64) Effects;
            set_find_str (Ptr, Ptr) -> (I64) Effects;
            dict_find_int (Ptr, I64) -> (I64) Effects;
            dict_find_str (Ptr, Ptr) -> (I64) Effects;
            dict_get_int (Ptr, I64) -> (Ptr) Raises;
            dict_get_str (Ptr, Ptr) -> (Ptr) Raises;
            dict_slot_int (Ptr, I64) -> (Ptr) Raises;
            dict_slot_str (Ptr, Ptr) -> (Ptr) Raises;
            table_next (Ptr, I64) -> (I64) Effects;
            table_step (Ptr, I64, I64, I64) -> (I64) Raises;
            table_key (Ptr, I64) -> (Ptr) Effects;
            dict_value (Ptr, I64) -> (Ptr) Effects;
            table_clear (Ptr) -> () Effects;
            table_copy (Ptr) -> (Ptr) Raises;
            set_pop (Ptr) -> (I64) Raises;
            dict_popitem (Ptr) -> (I64) Raises;
            set_union (Ptr, Ptr) -> (Ptr) Raises;
            set_intersection (Ptr, Ptr) -> (Ptr) Raises;
            set_difference (Ptr, Ptr) -> (Ptr) Raises;
            set_symmetric_difference (Ptr, Ptr) -> (Ptr) Raises;
            set_update (Ptr, Ptr) -> () Raises;
            set_intersection_update (Ptr, Ptr) -> () Raises;
            set_difference_update (Ptr, Ptr) -> () Raises;
            set_symmetric_difference_update (Ptr, Ptr) -> () Raises;
            set_is_subset (Ptr, Ptr) -> (Bool) Raises;
            set_is_disjoint (Ptr, Ptr) -> (Bool) Raises;
            set_equal (Ptr, Ptr) -> (Bool) Effects;
            dict_equal (Ptr, Ptr) -> (Bool) Raises;
            dict_update (Ptr, Ptr) -> () Raises;
            // Buffers (`objects/buffer.rs`).
            buffer_new (I64, I64) -> (Ptr) Raises;
            buffer_part (Ptr, I64, I64) -> (Ptr) Raises;
            buffer_resize (Ptr, I64) -> () Raises;
            buffer_delete (Ptr, I64, I64) -> () Raises;
            buffer_bytes (Ptr) -> (Ptr) Raises;
            buffer_write (Ptr, I64, Ptr) -> () Effects;
            buffer_move (Ptr, I64, I64, I64) -> () Effects;
            raise_key_error (Ptr) -> () Raises;
            raise_text (I64, Ptr) -> () Raises;

            // Strings and bytes: what operators and subscripts do (`strings/helpers.rs`).
            str_concat (Ptr, Ptr) -> (Ptr) Raises;
            // The strings in so many scratch slots, one behind the other.
            str_pieces (I64) -> (Ptr) Raises;
            str_append (Ptr, Ptr) -> (Ptr) Raises;
            str_repeat (Ptr, I64) -> (Ptr) Raises;
            str_slice (Ptr, I64, I64, I64) -> (Ptr) Raises;
            str_item (Ptr, I64) -> (Ptr) Raises;
            str_compare (Ptr, Ptr) -> (I64) Effects;
            str_equal (Ptr, Ptr) -> (Bool) Effects;
            str_contains (Ptr, Ptr) -> (Bool) Effects;
            str_ord (Ptr) -> (I64) Raises;
            str_chr (I64) -> (Ptr) Raises;
            bytes_concat (Ptr, Ptr) -> (Ptr) Raises;
            bytes_repeat (Ptr, I64) -> (Ptr) Raises;
            bytes_slice (Ptr, I64, I64, I64) -> (Ptr) Raises;
            bytes_compare (Ptr, Ptr) -> (I64) Effects;
            bytes_equal (Ptr, Ptr) -> (Bool) Effects;
            bytes_has (Ptr, I64) -> (Bool) Effects;
            bytes_hex (Ptr) -> (Ptr) Raises;
            // Methods of bytes that strings haven't (`strings/bytes_methods.rs`).
            bytes_is (Ptr, I64) -> (Bool) Effects;
            bytes_split_space (Ptr, I64) -> (Ptr) Raises;
            bytes_rsplit_space (Ptr, I64) -> (Ptr) Raises;
            bytes_splitlines (Ptr, Bool) -> (Ptr) Raises;
            bytes_strip_space (Ptr, I64) -> (Ptr) Raises;
            bytes_case (Ptr, I64) -> (Ptr) Raises;
            bytes_justify (Ptr, I64, Ptr, I64) -> (Ptr) Raises;
            bytes_zfill (Ptr, I64) -> (Ptr) Raises;
            bytes_expandtabs (Ptr, I64) -> (Ptr) Raises;
            bytes_translate (Ptr, Ptr, Ptr) -> (Ptr) Raises;
            bytes_maketrans (Ptr, Ptr) -> (Ptr) Raises;
            bytes_zeros (I64) -> (Ptr) Raises;
            // A copy of so many bytes at an address.
            bytes_of_memory (Ptr, I64) -> (Ptr) Raises;
            // Texts of arrays: a copy of so many units without the zeroes at their end, and
            // the other way, cut off and filled with zeroes.
            text_of_bytes (Ptr, I64) -> (Ptr) Raises;
            text_of_points (Ptr, I64) -> (Ptr) Raises;
            bytes_into (Ptr, Ptr, I64) -> () Effects;
            points_into (Ptr, Ptr, I64) -> () Effects;
            bytes_of_list (Ptr) -> (Ptr) Raises;
            bytes_hex_grouped (Ptr, Ptr, I64) -> (Ptr) Raises;
            bytes_from_hex (Ptr) -> (Ptr) Raises;
            int_to_bytes (I64, I64, Ptr, Bool) -> (Ptr) Raises;
            int_from_bytes (Ptr, Ptr, Bool) -> (I64) Raises;
            // Methods of strings (`strings/methods.rs`).
            str_find (Ptr, Ptr, I64, I64) -> (I64) Effects;
            str_rfind (Ptr, Ptr, I64, I64) -> (I64) Effects;
            str_count (Ptr, Ptr, I64, I64) -> (I64) Effects;
            str_startswith (Ptr, Ptr, I64, I64) -> (Bool) Effects;
            str_endswith (Ptr, Ptr, I64, I64) -> (Bool) Effects;
            str_replace (Ptr, Ptr, Ptr, I64) -> (Ptr) Raises;
            str_split (Ptr, Ptr, I64) -> (Ptr) Raises;
            str_rsplit (Ptr, Ptr, I64) -> (Ptr) Raises;
            str_split_space (Ptr, I64) -> (Ptr) Raises;
            str_rsplit_space (Ptr, I64) -> (Ptr) Raises;
            str_splitlines (Ptr, Bool) -> (Ptr) Raises;
            str_join (Ptr, Ptr) -> (Ptr) Raises;
            str_join_characters (Ptr, Ptr) -> (Ptr) Raises;
            str_strip (Ptr, Ptr, I64) -> (Ptr) Raises;
            str_strip_space (Ptr, I64) -> (Ptr) Raises;
            str_upper (Ptr) -> (Ptr) Raises;
            str_lower (Ptr) -> (Ptr) Raises;
            str_title (Ptr) -> (Ptr) Raises;
            str_capitalize (Ptr) -> (Ptr) Raises;
            str_swapcase (Ptr) -> (Ptr) Raises;
            str_casefold (Ptr) -> (Ptr) Raises;
            str_isalnum (Ptr) -> (Bool) Raises;
            str_isalpha (Ptr) -> (Bool) Raises;
            str_isascii (Ptr) -> (Bool) Effects;
            str_isdecimal (Ptr) -> (Bool) Raises;
            str_isdigit (Ptr) -> (Bool) Raises;
            str_isidentifier (Ptr) -> (Bool) Raises;
            str_islower (Ptr) -> (Bool) Raises;
            str_isnumeric (Ptr) -> (Bool) Raises;
            str_isprintable (Ptr) -> (Bool) Raises;
            str_isspace (Ptr) -> (Bool) Effects;
            str_istitle (Ptr) -> (Bool) Raises;
            str_isupper (Ptr) -> (Bool) Raises;
            str_justify (Ptr, I64, Ptr, I64) -> (Ptr) Raises;
            str_zfill (Ptr, I64) -> (Ptr) Raises;
            str_expandtabs (Ptr, I64) -> (Ptr) Raises;
            str_encode (Ptr, Ptr, Ptr) -> (Ptr) Raises;
            bytes_decode (Ptr, Ptr, Ptr) -> (Ptr) Raises;
            str_repr (Ptr) -> (Ptr) Raises;
            str_ascii (Ptr) -> (Ptr) Raises;
            bytes_repr (Ptr) -> (Ptr) Raises;
            // Numbers from text (`strings/from_text.rs`).
            int_of_str (Ptr, I64) -> (I64) Raises;
            float_of_str (Ptr) -> (F64) Raises;
            complex_of_str_real (Ptr) -> (F64) Raises;
            complex_of_str_imag (Ptr) -> (F64) Raises;
            float_from_hex (Ptr) -> (F64) Raises;
            // Text of numbers by Python's own methods, and the hash that a program sees
            // (`strings/percent.rs`).
            float_hex (F64) -> (Ptr) Raises;
            percent_int (Ptr, I64) -> (Ptr) Raises;
            percent_float (Ptr, F64) -> (Ptr) Raises;
            percent_str (Ptr, Ptr) -> (Ptr) Raises;
            hash_of (Ptr) -> (I64) Raises;
            // Text of values (`strings/to_text.rs`, `strings/values.rs`). `value_*` take a
            // layout, and the value in the scratch slots.
            str_of_int (I64) -> (Ptr) Raises;
            format_int (I64, Ptr) -> (Ptr) Raises;
            format_uint (I64, Ptr) -> (Ptr) Raises;
            format_bool (Bool, Ptr) -> (Ptr) Raises;
            format_float (F64, Ptr) -> (Ptr) Raises;
            format_complex (F64, F64, Ptr) -> (Ptr) Raises;
            format_str (Ptr, Ptr) -> (Ptr) Raises;
            value_str (Ptr) -> (Ptr) Raises;
            value_repr (Ptr) -> (Ptr) Raises;
            value_ascii (Ptr) -> (Ptr) Raises;
            value_format (Ptr, Ptr) -> (Ptr) Raises;
            print_text (Ptr) -> () Raises;
        }
    };
}

macro_rules! table {
    ($( $name:ident ($($param:ident),*) -> ($($result:ident)?) $effects:ident; )*) => {
        /// All runtime functions; positions are indices into [`crate::Context::helpers`].
        pub const HELPERS: &[Helper] = &[ $(
            Helper {
                name: stringify!($name),
                params: &[ $( AbiType::$param ),* ],
                result: { #[allow(unused_mut, unused_assignments)] let mut result = None; $( result = Some(AbiType::$result); )? result },
                effects: HelperEffects::$effects,
            },
        )* ];
    };
}
for_each_helper!(table);

/// The position of a name in [`HELPERS`].
pub const fn helper_index(name: &str) -> Option<usize> {
    let mut at = 0;
    while at < HELPERS.len() {
        if same(HELPERS[at].name.as_bytes(), name.as_bytes()) {
            return Some(at);
        }
        at += 1;
    }
    None
}

const fn same(a: &[u8], b: &[u8]) -> bool {
    let mut at = 0;
    while at < a.len() && at < b.len() && a[at] == b[at] {
        at += 1;
    }
    at == a.len() && at == b.len()
}

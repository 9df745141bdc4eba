//! Functions that aren't compiled though programs use them, and what to write instead.
//!
//! The words of a refusal: a name that isn't here is refused all the same, without advice.

/// Names, as `numpy.` names stand in the bodies, and the advice.
const REFUSED: &[(&str, &str)] = &[
    (
        "numpy.nditer",
        "write `for x in a.flat`, or `for index in np.ndindex(a.shape)` and a[index]: several \
         arrays go side by side with zip(a.flat, b.flat)",
    ),
    (
        "numpy.frompyfunc",
        "its results are arrays of objects; np.vectorize(function) gives arrays of numbers",
    ),
    (
        "numpy.unstack",
        "the length of its tuple depends on the array: write `x, y = a`, or index the array",
    ),
    (
        "numpy.poly1d",
        "write np.polyval(c, x), np.polyadd, np.polymul, np.polyder, np.polyint or np.roots with \
         an array of the coefficients, the highest power first",
    ),
    (
        "numpy.random.mtrand.RandomState",
        "use np.random.default_rng(seed), or the functions of np.random after np.random.seed(n)",
    ),
    ("numpy.matrix", "use an array of two dimensions, and @ for products"),
    ("numpy.ma.core.array", "use an array and a mask: a[~mask], or where= of the functions"),
    ("numpy.ma.MaskedArray", "use an array and a mask: a[~mask], or where= of the functions"),
    ("numpy.asmatrix", "use an array of two dimensions, and @ for products"),
    ("numpy.bmat", "use np.block"),
];

/// The classes of `numpy.polynomial`, and their modules' functions.
const SERIES: &[(&str, &str)] = &[
    ("Polynomial", "write np.polynomial.polynomial.polyval(x, c), polyfit, polymul and their like"),
    ("Chebyshev", "write np.polynomial.chebyshev.chebval(x, c), chebfit, chebmul and their like"),
    ("Legendre", "write np.polynomial.legendre.legval(x, c), legfit, legmul and their like"),
    ("Hermite", "write np.polynomial.hermite.hermval(x, c), hermfit, hermmul and their like"),
    ("HermiteE", "write np.polynomial.hermite_e.hermeval(x, c), hermefit, hermemul and their like"),
    ("Laguerre", "write np.polynomial.laguerre.lagval(x, c), lagfit, lagmul and their like"),
];

/// What to write instead of a function that isn't compiled.
pub fn instead_of(name: &str) -> Option<&'static str> {
    let in_table = |table: &[(&str, &'static str)], name: &str| {
        table.iter().find(|(known, _)| *known == name).map(|(_, advice)| *advice)
    };
    match name.strip_prefix("numpy.polynomial.") {
        Some(rest) => in_table(SERIES, rest.rsplit('.').next().unwrap_or(rest)),
        None => in_table(REFUSED, name),
    }
}

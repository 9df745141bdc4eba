//! Has the linker write a digest of all that it links into the extension module: the cache
//! of compiled code knows the compiler by it.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "linux") {
        println!("cargo:rustc-link-arg-cdylib=-Wl,--build-id=sha1");
    }
}

#!/bin/sh
# Runs a command with the runtime's crates under AddressSanitizer (decision 0052).
# Usage, in the repository's root with .venv built:
#   tests/faults/asan.sh python -m tests.faults indices
# The instrumented extension lies in target/asan; it is built when sources are newer.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"
if [ "${1-}" = --rustc ]; then
    # Called by cargo for each crate of the workspace.
    shift
    rustc=$1
    shift
    case " $* " in
    *" --crate-name cumbia_runtime "* | *" --crate-name cumbia_abi "* | *" --crate-name cumbia_loader "* | \
        *" --crate-name cumbia_store "* | *" --crate-name _cumbia "*)
        RUSTC_BOOTSTRAP=1 exec "$rustc" "$@" -Zsanitizer=address -Zexternal-clangrt \
            -Cunsafe-allow-abi-mismatch=sanitizer
        ;;
    esac
    exec "$rustc" "$@"
fi
runtime=${ASAN_RUNTIME:-$(ls /usr/lib/llvm-*/lib/clang/*/lib/linux/libclang_rt.asan-x86_64.so 2>/dev/null | tail -1)}
if [ -z "$runtime" ]; then
    echo "no libclang_rt.asan: install libclang-rt-dev, or name it by ASAN_RUNTIME" >&2
    exit 1
fi
mkdir -p target/asan
printf '#!/bin/sh\nexec "%s" --rustc "$@"\n' "$root/tests/faults/asan.sh" >target/asan/rustc
chmod +x target/asan/rustc
PYO3_PYTHON="$root/.venv/bin/python" RUSTC_WORKSPACE_WRAPPER="$root/target/asan/rustc" \
    cargo rustc --release -p cumbia-python --lib
rm -rf target/asan/cumbia
cp -r python/cumbia target/asan/cumbia
cp target/release/lib_cumbia.so target/asan/cumbia/_cumbia.abi3.so
PATH="$root/.venv/bin:$PATH" PYTHONPATH="$root/target/asan" CUMBIA_CACHE=0 \
    ASAN_OPTIONS="detect_leaks=0${ASAN_OPTIONS:+:$ASAN_OPTIONS}" LD_PRELOAD="$runtime" exec "$@"

//! Objects written by hand: each relocation, sections of each kind, and what is
//! refused. Machine code is given as bytes with its assembly beside it.

use cumbia_loader::{LoadError, LoadedModule};
use object::write::{
    Object, Relocation, SectionId, StandardSection, Symbol, SymbolId, SymbolSection,
};
use object::{
    Architecture, BinaryFormat, Endianness, RelocationFlags, SectionKind, SymbolFlags, SymbolKind,
    SymbolScope, elf,
};

fn new_object() -> Object<'static> {
    Object::new(BinaryFormat::Elf, Architecture::X86_64, Endianness::Little)
}

fn symbol(
    object: &mut Object<'static>,
    name: &str,
    kind: SymbolKind,
    section: SymbolSection,
    value: u64,
) -> SymbolId {
    object.add_symbol(Symbol {
        name: name.as_bytes().to_vec(),
        value,
        size: 0,
        kind,
        scope: SymbolScope::Linkage,
        weak: false,
        section,
        flags: SymbolFlags::None,
    })
}

/// Adds a function's code.
fn function(object: &mut Object<'static>, name: &str, code: &[u8]) -> (SectionId, u64) {
    let text = object.section_id(StandardSection::Text);
    let id = symbol(object, name, SymbolKind::Text, SymbolSection::Undefined, 0);
    let offset = object.add_symbol_data(id, text, code, 16);
    (text, offset)
}

fn undefined(object: &mut Object<'static>, name: &str) -> SymbolId {
    symbol(object, name, SymbolKind::Text, SymbolSection::Undefined, 0)
}

fn relocate(
    object: &mut Object<'static>,
    section: SectionId,
    offset: u64,
    kind: u32,
    symbol: SymbolId,
    addend: i64,
) {
    let flags = RelocationFlags::Elf { r_type: kind };
    object.add_relocation(section, Relocation { offset, symbol, addend, flags }).unwrap();
}

/// Loads, and calls `f` as a function of no arguments.
fn run(object: &Object<'static>) -> i32 {
    let module = load(object).unwrap();
    let f = module.function("f").expect("f is defined");
    // SAFETY: the tests' functions have this signature; the module is alive.
    let f: extern "C" fn() -> i32 = unsafe { std::mem::transmute(f) };
    f()
}

fn load(object: &Object<'static>) -> Result<LoadedModule, LoadError> {
    LoadedModule::load_with(&object.write().unwrap(), |name| match name {
        "forty_two" => Some(forty_two as *const u8),
        "NUMBER" => Some((&raw const NUMBER).cast()),
        _ => None,
    })
}

extern "C" fn forty_two() -> i32 {
    42
}

static NUMBER: i32 = 43;

#[test]
fn pc32_to_constants() {
    let mut object = new_object();
    // mov eax, [rip + constant]; ret
    let (text, at) = function(&mut object, "f", &[0x8b, 0x05, 0, 0, 0, 0, 0xc3]);
    let constants = object.section_id(StandardSection::ReadOnlyData);
    let constant = symbol(&mut object, "constant", SymbolKind::Data, SymbolSection::Undefined, 0);
    object.add_symbol_data(constant, constants, &7i32.to_le_bytes(), 4);
    relocate(&mut object, text, at + 2, elf::R_X86_64_PC32, constant, -4);
    assert_eq!(run(&object), 7);
}

#[test]
fn plt32_far_and_near() {
    let mut object = new_object();
    // sub rsp, 8; call target; add rsp, 8; ret
    let code = [0x48, 0x83, 0xec, 8, 0xe8, 0, 0, 0, 0, 0x48, 0x83, 0xc4, 8, 0xc3];
    let (text, f) = function(&mut object, "f", &code);
    let far = undefined(&mut object, "forty_two");
    relocate(&mut object, text, f + 5, elf::R_X86_64_PLT32, far, -4);
    assert_eq!(run(&object), 42);
    // g calls f, in the same object.
    let (_, g) = function(&mut object, "g", &code);
    let near = object.symbol_id(b"f").unwrap();
    relocate(&mut object, text, g + 5, elf::R_X86_64_PLT32, near, -4);
    let module = load(&object).unwrap();
    // SAFETY: a function of this signature; the module is alive.
    let g: extern "C" fn() -> i32 = unsafe { std::mem::transmute(module.function("g").unwrap()) };
    assert_eq!(g(), 42);
    assert_eq!(module.functions().count(), 2);
    assert!(module.functions().all(|(_, address)| module.code_range().contains(&address)));
}

#[test]
fn absolute_64() {
    let mut object = new_object();
    // sub rsp, 8; movabs rax, target; call rax; add rsp, 8; ret
    let code = [
        0x48, 0x83, 0xec, 8, 0x48, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xd0, 0x48, 0x83, 0xc4, 8,
        0xc3,
    ];
    let (text, at) = function(&mut object, "f", &code);
    let target = undefined(&mut object, "forty_two");
    relocate(&mut object, text, at + 6, elf::R_X86_64_64, target, 0);
    assert_eq!(run(&object), 42);
}

#[test]
fn global_offset_table() {
    for kind in [elf::R_X86_64_GOTPCREL, elf::R_X86_64_GOTPCRELX, elf::R_X86_64_REX_GOTPCRELX] {
        let mut object = new_object();
        // mov rax, [rip + slot]; mov eax, [rax]; ret
        let (text, at) =
            function(&mut object, "f", &[0x48, 0x8b, 0x05, 0, 0, 0, 0, 0x8b, 0x00, 0xc3]);
        let number = undefined(&mut object, "NUMBER");
        relocate(&mut object, text, at + 3, kind, number, -4);
        assert_eq!(run(&object), 43);
    }
}

#[test]
fn variables_and_zeros() {
    let mut object = new_object();
    // inc dword [rip + counter]; mov eax, [rip + counter]; ret
    let (text, at) =
        function(&mut object, "f", &[0xff, 0x05, 0, 0, 0, 0, 0x8b, 0x05, 0, 0, 0, 0, 0xc3]);
    let zeros = object.section_id(StandardSection::UninitializedData);
    let counter = symbol(&mut object, "counter", SymbolKind::Data, SymbolSection::Undefined, 0);
    object.add_symbol_bss(counter, zeros, 4, 4);
    relocate(&mut object, text, at + 2, elf::R_X86_64_PC32, counter, -4);
    relocate(&mut object, text, at + 8, elf::R_X86_64_PC32, counter, -4);
    let module = load(&object).unwrap();
    // SAFETY: a function of this signature; the module is alive.
    let f: extern "C" fn() -> i32 = unsafe { std::mem::transmute(module.function("f").unwrap()) };
    assert_eq!((f(), f()), (1, 2));
}

#[test]
fn many_modules_live_and_die_alone() {
    let mut object = new_object();
    // mov eax, 5; ret
    function(&mut object, "f", &[0xb8, 5, 0, 0, 0, 0xc3]);
    let modules: Vec<LoadedModule> = (0..300).map(|_| load(&object).unwrap()).collect();
    for (i, module) in modules.into_iter().enumerate() {
        let f = module.function("f").unwrap();
        if i % 2 == 0 {
            // SAFETY: a function of this signature; the module is alive.
            let f: extern "C" fn() -> i32 = unsafe { std::mem::transmute(f) };
            assert_eq!(f(), 5);
        }
        drop(module);
    }
}

/// The protections of the mapping that holds an address, from the system's own list.
fn protections(address: usize) -> String {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    let line = maps.lines().find(|line| {
        let (start, rest) = line.split_once('-').unwrap();
        let end = rest.split(' ').next().unwrap();
        (usize::from_str_radix(start, 16).unwrap()..usize::from_str_radix(end, 16).unwrap())
            .contains(&address)
    });
    line.map_or(String::new(), |line| line.split(' ').nth(1).unwrap().to_owned())
}

#[test]
fn never_writable_and_executable() {
    let mut object = new_object();
    let (_, _) = function(&mut object, "f", &[0xc3]);
    let module = load(&object).unwrap();
    let code = module.code_range();
    assert_eq!(protections(code.start), "r-xp");
    drop(module);
    // Freed: whatever is there now, it isn't this code (another test may map there).
    assert!(!code.is_empty());
}

#[test]
fn refusals() {
    let mut object = new_object();
    let (text, at) = function(&mut object, "f", &[0xe8, 0, 0, 0, 0, 0xc3]);
    let clean = object.write().unwrap();
    assert!(LoadedModule::load(&clean).is_ok());

    let with = |kind: u32, name: &str, offset: u64| {
        let mut object = new_object();
        let (text, at) = function(&mut object, "f", &[0xe8, 0, 0, 0, 0, 0xc3]);
        let target = undefined(&mut object, name);
        relocate(&mut object, text, at + offset, kind, target, -4);
        load(&object).unwrap_err()
    };
    assert_eq!(with(elf::R_X86_64_PLT32, "nobody", 1), LoadError::Undefined("nobody".into()));
    assert!(matches!(with(elf::R_X86_64_PC32, "forty_two", 1), LoadError::OutOfRange(_)));
    assert!(matches!(with(elf::R_X86_64_32, "forty_two", 1), LoadError::OutOfRange(_)));
    assert!(matches!(with(elf::R_X86_64_TLSGD, "forty_two", 1), LoadError::Unsupported(_)));
    assert!(matches!(with(elf::R_X86_64_PC32, "forty_two", 3), LoadError::Malformed(_)));
    assert!(matches!(with(elf::R_X86_64_64, "forty_two", u64::MAX - 3), LoadError::Malformed(_)));

    let target = undefined(&mut object, "nobody");
    relocate(&mut object, text, at + 1, elf::R_X86_64_PLT32, target, -4);
    assert!(load(&object).is_err());

    let mut tls = new_object();
    tls.add_section(vec![], b".tdata".to_vec(), SectionKind::Tls);
    let id = tls.section_id(StandardSection::Tls);
    tls.append_section_data(id, &[1, 2, 3, 4], 4);
    assert!(matches!(load(&tls), Err(LoadError::Unsupported(_))));

    let other = Object::new(BinaryFormat::Elf, Architecture::Aarch64, Endianness::Little);
    assert!(matches!(LoadedModule::load(&other.write().unwrap()), Err(LoadError::Unsupported(_))));
    assert!(LoadedModule::load(b"").is_err());
    assert!(LoadedModule::load(b"\x7fELF and no more").is_err());
}

/// Every truncation and many single-byte changes of a real object: an error or a
/// module, never a crash. (The code isn't run.)
#[test]
fn damaged_objects() {
    let mut object = new_object();
    let code =
        [0x48, 0x83, 0xec, 8, 0xe8, 0, 0, 0, 0, 0x48, 0x83, 0xc4, 8, 0x8b, 0x05, 0, 0, 0, 0, 0xc3];
    let (text, at) = function(&mut object, "f", &code);
    let far = undefined(&mut object, "forty_two");
    relocate(&mut object, text, at + 5, elf::R_X86_64_PLT32, far, -4);
    let constants = object.section_id(StandardSection::ReadOnlyData);
    let constant = symbol(&mut object, "constant", SymbolKind::Data, SymbolSection::Undefined, 0);
    object.add_symbol_data(constant, constants, &7i32.to_le_bytes(), 4);
    relocate(&mut object, text, at + 15, elf::R_X86_64_PC32, constant, -4);
    relocate(&mut object, constants, 0, elf::R_X86_64_PC32, constant, 0);
    let bytes = object.write().unwrap();
    let resolve = |name: &str| (name == "forty_two").then_some(forty_two as *const u8);
    for length in 0..bytes.len() {
        let _ = LoadedModule::load_with(&bytes[..length], resolve);
    }
    for i in 0..bytes.len() {
        for value in
            [0u8, 1, 0x7f, 0x80, 0xff, bytes[i] ^ 1, bytes[i].wrapping_add(1), bytes[i] ^ 0x40]
        {
            let mut damaged = bytes.clone();
            damaged[i] = value;
            let _ = LoadedModule::load_with(&damaged, resolve);
        }
    }
}

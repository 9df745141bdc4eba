//! Every kind of type against everything that asks what values of a type are: whether a
//! container holds them, how they lie in memory there, what of them is counted. A kind
//! that one of these forgets is found here, not by a panic or a wrong count later.

use cumbia_abi::measure;
use cumbia_frontend::buffers::{BufferKind, BufferTy};
use cumbia_frontend::classes::{Class, ClassKind, Enum, Field, Hashing};
use cumbia_frontend::infer::containers::{is_hashable, is_showable, is_storable};
use cumbia_frontend::infer::equality::comparable;
use cumbia_frontend::lower::layout_code;
use cumbia_frontend::lower::ownership::{is_counted, owners};
use cumbia_frontend::structured::{RecordsTy, RowTy, StructDtype};
use cumbia_frontend::times::TimeUnit;
use cumbia_frontend::types::{
    ArrayTy, Callable, ClosureTy, Collection, DType, Layout, Lazy, Lit, PartialTy, Site, TextKind,
    Ty,
};
use cumbia_ir::Value;
use std::sync::Arc;

fn class(handle: u64, kind: ClassKind, fields: usize) -> Arc<Class> {
    let field =
        |i: usize| Field { name: format!("f{i}").into(), default: None, keyword_only: false };
    Arc::new(Class {
        handle,
        name: format!("C{handle}").into(),
        kind,
        fields: (0..fields).map(field).collect(),
        shown: None,
        not_callable: None,
        ancestors: vec![handle],
        plain_check: true,
        post_init: false,
        more_to_init: false,
        hashing: Hashing::Other,
        always_true: true,
        shape_of: None,
        converts: None,
        untaken: Vec::new(),
        unset: Vec::new(),
    })
}

/// Whether a type has members of enums in it.
fn has_members(ty: &Ty) -> bool {
    match ty {
        Ty::Enum(_) | Ty::Member(..) => true,
        Ty::Tuple(items) | Ty::Record(_, items) => items.iter().any(has_members),
        Ty::Optional(t) | Ty::List(t, _) | Ty::Set(t, _) | Ty::Collection(_, t) => has_members(t),
        Ty::Dict(pair, _) => has_members(&pair.0) || has_members(&pair.1),
        Ty::Object(_, t) => has_members(t),
        _ => false,
    }
}

fn colour(handle: u64, by_identity: bool) -> Arc<Enum> {
    use cumbia_frontend::environment::Global;
    Arc::new(Enum {
        class: Arc::into_inner(class(handle, ClassKind::Other, 0)).expect("one owner"),
        members: vec![("A".into(), Global::Int(1)), ("B".into(), Global::Int(2))],
        canonical: 2,
        aliases: Vec::new(),
        qualname: "Colour".into(),
        plain_lookup: true,
        is_int: false,
        is_str: false,
        is_flag: !by_identity,
        flags: None,
        by_value: false,
        hashable: by_identity,
        by_identity,
        texts: None,
    })
}

fn array() -> Ty {
    Ty::Array(ArrayTy { dtype: DType::F64, ndim: 2, layout: Layout::C, readonly: false })
}

/// One type of each kind.
fn simple() -> Vec<Ty> {
    let site = Site::default;
    let dtype =
        Arc::new(StructDtype { handle: 0, fields: vec![], itemsize: 8, record: false, text: None });
    let member = colour(1, true);
    vec![
        Ty::None,
        Ty::Bool,
        Ty::Int,
        Ty::Float,
        Ty::Complex,
        Ty::Num(DType::F32),
        Ty::Num(DType::C64),
        Ty::Num(DType::Date(TimeUnit::Day)),
        Ty::Num(DType::Delta(TimeUnit::Generic)),
        Ty::Array(ArrayTy {
            dtype: DType::Date(TimeUnit::Nano),
            ndim: 1,
            layout: Layout::A,
            readonly: true,
        }),
        Ty::Lit(Lit::Int(3)),
        Ty::Lit(Lit::Str("a".into())),
        array(),
        Ty::Range(Arc::new(Ty::Int)),
        Ty::Slice(Arc::new([Ty::Int, Ty::None, Ty::Int])),
        Ty::Ellipsis,
        Ty::Module("numpy".into()),
        Ty::DType(DType::I8),
        Ty::Callable(Callable::Library("builtins.len".into())),
        Ty::Callable(Callable::Method(Arc::new(Ty::Str), "upper".into())),
        Ty::Callable(Callable::Enum(member.clone())),
        Ty::Callable(Callable::Union(Arc::new([Ty::None, Ty::DType(DType::I8)]))),
        Ty::Union(Arc::new([
            Ty::Num(DType::I8),
            Ty::None,
            Ty::Tuple(Arc::new([Ty::Int, Ty::Float])),
        ])),
        Ty::Str,
        Ty::Bytes,
        Ty::Buffer(BufferTy { kind: BufferKind::ByteArray, code: b'B', readonly: false }),
        Ty::Buffer(BufferTy { kind: BufferKind::Array, code: b'd', readonly: false }),
        Ty::Buffer(BufferTy { kind: BufferKind::Memory, code: b'H', readonly: true }),
        Ty::Random,
        Ty::List(Arc::new(Ty::Str), site()),
        Ty::Set(Arc::new(Ty::Int), site()),
        Ty::Dict(Arc::new((Ty::Int, array())), site()),
        Ty::Collection(Collection::Deque, Arc::new(Ty::List(Arc::new(Ty::Str), site()))),
        Ty::Collection(
            Collection::DefaultDict(Arc::new(Ty::None)),
            Arc::new(Ty::Dict(Arc::new((Ty::Int, Ty::Str)), site())),
        ),
        Ty::Collection(Collection::Tuple, Arc::new(Ty::List(Arc::new(Ty::Int), site()))),
        Ty::Collection(Collection::FrozenSet, Arc::new(Ty::Set(Arc::new(Ty::Int), site()))),
        Ty::Open(0, 0),
        Ty::Exception,
        Ty::Generator(0, Arc::new(Ty::Int)),
        Ty::Lazy(Lazy::Enumerate, Arc::new([Ty::List(Arc::new(Ty::Int), site()), Ty::Int])),
        Ty::Lazy(Lazy::Reversed, Arc::new([Ty::Str])),
        Ty::Lazy(Lazy::Class, Arc::new([Ty::Exception])),
        Ty::Lazy(Lazy::Args, Arc::new([Ty::Exception])),
        Ty::Lazy(Lazy::Traceback, Arc::new([Ty::Exception])),
        Ty::Lazy(Lazy::Manager("contextlib.nullcontext"), Arc::new([Ty::Float])),
        Ty::Pos,
        Ty::Cell(0),
        Ty::Member(member.clone(), 1),
        Ty::Enum(member),
        Ty::Enum(colour(2, false)),
        Ty::Records(Arc::new(RecordsTy {
            dtype: dtype.clone(),
            ndim: 1,
            layout: Layout::C,
            readonly: false,
            recarray: false,
        })),
        Ty::Text(TextKind::Bytes),
        Ty::Text(TextKind::Points),
        Ty::Row(Arc::new(RowTy { dtype: dtype.clone(), readonly: false })),
        Ty::StructDType(dtype),
        Ty::Unbound,
    ]
}

/// A type, and everything that is made of it.
fn all() -> Vec<Ty> {
    let frozen = ClassKind::Dataclass { frozen: true, eq: true, order: false };
    let changing = ClassKind::Dataclass { frozen: false, eq: true, order: true };
    let mut out = simple();
    for ty in simple() {
        let pair: Arc<[Ty]> = Arc::new([Ty::Int, ty.clone()]);
        out.push(Ty::Tuple(pair.clone()));
        out.push(Ty::Record(class(10, ClassKind::NamedTuple, 2), pair.clone()));
        out.push(Ty::Record(class(11, frozen, 2), pair.clone()));
        out.push(Ty::Record(class(12, changing, 2), pair.clone()));
        out.push(Ty::Object(class(12, changing, 2), Arc::new(Ty::Tuple(pair.clone()))));
        out.push(Ty::Optional(Arc::new(ty.widen())));
        let record = Ty::Record(class(10, ClassKind::NamedTuple, 2), pair);
        out.push(Ty::Optional(Arc::new(record.widen())));
        out.push(Ty::List(Arc::new(ty.widen()), Site::default()));
        out.push(Ty::MaybeUnbound(Arc::new(ty.clone())));
        out.push(Ty::Iter(Arc::new(ty.clone())));
        out.push(Ty::Keywords(Arc::new([("k".into(), ty.clone())])));
        out.push(Ty::Choice(Arc::new([ty.clone(), Ty::DType(DType::I8)])));
        out.push(Ty::Closure(Arc::new(ClosureTy {
            function: 0,
            name: "f".into(),
            captures: Box::new([ty.clone(), Ty::Str]),
            defaults: Box::new([Ty::Float]),
        })));
        out.push(Ty::Callable(Callable::Partial(Arc::new(PartialTy {
            function: Ty::Callable(Callable::Library("builtins.len".into())),
            args: Box::new([ty.clone()]),
            keywords: Box::new([]),
        }))));
    }
    out
}

/// Elements of the types that containers are made of.
fn whole(ty: &Ty) -> bool {
    match ty {
        Ty::List(t, _) | Ty::Set(t, _) => is_storable(t),
        Ty::Dict(pair, _) => is_storable(&pair.0) && is_storable(&pair.1),
        Ty::Collection(_, storage) => whole(storage),
        _ => true,
    }
}

#[test]
fn what_is_kept_in_containers_has_a_layout() {
    for ty in all().into_iter().filter(|ty| is_storable(&ty.widen()) && whole(&ty.widen())) {
        let ty = ty.widen();
        let code = layout_code(&ty);
        let (slots, counted, length) = measure(code.as_bytes()).expect("a layout");
        assert_eq!(length, code.len(), "{ty}");
        assert_eq!(slots as usize, ty.part_types().len(), "slots of {ty}");
        let parts: Vec<Value> = (0..slots).map(Value).collect();
        assert_eq!(counted as usize, owners(&ty, &parts).len(), "counted slots of {ty}");
    }
}

#[test]
fn counting_sees_every_object_and_stays_inside() {
    for ty in all() {
        let parts: Vec<Value> = (0..ty.part_types().len() as u32).map(Value).collect();
        let found = owners(&ty, &parts);
        assert_eq!(is_counted(&ty), !found.is_empty(), "{ty}");
        let types = ty.part_types();
        for owner in &found {
            assert_eq!(types[owner.owner.index()], cumbia_ir::Type::Ptr, "an owner of {ty}");
            if let Some(flag) = owner.flag {
                assert_eq!(types[flag.index()], cumbia_ir::Type::Bool, "a flag of {ty}");
            }
        }
    }
}

#[test]
fn keys_and_texts_are_of_what_is_kept() {
    for ty in all() {
        if is_hashable(&ty.widen()) {
            assert!(is_storable(&ty.widen()), "a key that no container holds: {ty}");
        }
        if has_members(&ty) {
            assert!(!is_showable(&ty), "the text of a position: {ty}");
        }
    }
}

#[test]
fn dates_are_no_numbers() {
    for unit in TimeUnit::ALL {
        for dtype in [DType::Date(unit), DType::Delta(unit)] {
            let ty = Ty::Num(dtype);
            assert_eq!(DType::from_code(dtype.code()), Some(dtype));
            assert_eq!(DType::from_spelling(dtype.name()), Some(dtype));
            assert!(!ty.is_number() && !is_hashable(&ty) && !is_showable(&ty), "{ty}");
            for other in all() {
                if !matches!(other, Ty::Open(..) | Ty::None | Ty::Optional(_)) {
                    assert!(!comparable(&ty, &other), "{ty} and {other}");
                }
            }
        }
    }
    for dtype in DType::ALL {
        assert_eq!(DType::from_code(dtype.code()), Some(dtype));
    }
}

#[test]
fn buffers_and_random_generators_are_in_no_container() {
    for ty in all() {
        let buffer = match &ty {
            Ty::Tuple(items) => items.iter().find(|t| matches!(t, Ty::Buffer(_) | Ty::Random)),
            Ty::Optional(t) => Some(&**t).filter(|t| matches!(t, Ty::Buffer(_) | Ty::Random)),
            t => Some(t).filter(|t| matches!(t, Ty::Buffer(_) | Ty::Random)),
        };
        if buffer.is_some() {
            assert!(!is_storable(&ty) && !is_hashable(&ty) && !is_showable(&ty), "{ty}");
            assert!(!comparable(&ty, &ty), "{ty}");
        }
    }
    for code in 0..=u8::MAX {
        if let Some(dtype) = BufferTy::dtype_of(code) {
            assert!(!dtype.is_time() && !dtype.is_complex(), "elements are numbers");
        }
    }
}

#[test]
fn members_are_equal_to_their_own_kind_only() {
    let (one, other) = (Ty::Enum(colour(1, true)), Ty::Enum(colour(3, true)));
    assert!(comparable(&one, &one));
    assert!(!comparable(&one, &other));
    assert!(!comparable(&Ty::Enum(colour(2, false)), &Ty::Enum(colour(2, false))));
    for ty in all() {
        if !has_members(&ty) && !matches!(ty, Ty::Open(..) | Ty::None | Ty::Optional(_)) {
            assert!(!comparable(&one, &ty), "{one} and {ty}");
            assert!(!comparable(&ty, &one), "{ty} and {one}");
        }
    }
    let list = |ty: &Ty| Ty::List(Arc::new(ty.clone()), Site::default());
    assert!(!comparable(&list(&one), &list(&Ty::Int)));
    assert!(!comparable(&list(&Ty::Tuple([one].into())), &list(&Ty::Tuple([Ty::Int].into()))));
}

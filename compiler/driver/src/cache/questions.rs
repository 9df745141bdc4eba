//! What a compilation has asked the outside, and asking it again.
//!
//! The front end learns of the program by questions to its `Environment` alone. The
//! [`Recorder`] between the two notes each question with a digest of the answer: whoever
//! gets the same answers to the same questions gets the same code. [`replay`] asks again, in
//! the same order, so that the environment notes what it would have noted of a compilation
//! (handles, guards, slots).
//!
//! Of a function's source the answer is what changes code: not the file, the line where it
//! begins, comments and empty lines ([`Canonical`]).

use super::text::Canonical;
use cumbia_frontend::classes::Class;
use cumbia_frontend::environment::{
    ArrayContent, Environment, Extended, FunctionSource, Global, UfuncElements,
};
use cumbia_frontend::types::Ty;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A question, as [`Environment`] has them.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
enum Question {
    Lookup(u64, Arc<str>),
    MissingName(u64, Arc<str>),
    MissingAttribute(Arc<str>, Arc<str>),
    ModuleAttribute(Arc<str>, Arc<str>),
    ClassAttribute(u64, Arc<str>),
    IsExtended(Extended),
    HasExtension(Extended, Ty),
    Extension(Extended, Vec<Ty>, Vec<(Arc<str>, Ty)>),
    Elements(u64, Vec<Ty>),
    ClassLacks(u64, Arc<str>),
    Shape(u64, Vec<Arc<str>>),
    DataclassInitializer(u64),
    AttributeAfter(u64, u64, Arc<str>),
    LibraryClassHas(Arc<str>, Arc<str>),
    LibraryClassNames(Arc<str>),
    HasLapack,
    LibraryClass(Arc<str>),
    FunctionName(u64),
    MethodOf(u64, Arc<str>),
    Function(u64),
}

/// The answer to one.
#[derive(Clone)]
enum Answer {
    Global(Option<Global>),
    Text(Option<Arc<str>>),
    Flag(Option<bool>),
    Class(Option<Arc<Class>>),
    Handle(Option<u64>),
    Names(Vec<String>),
    Extension(Option<Result<u64, String>>),
    Elements(Option<UfuncElements>),
    Source(Result<FunctionSource, String>),
}

/// What is kept of an answer.
type AnswerDigest = [u8; 16];

fn ask(env: &mut dyn Environment, question: &Question) -> Answer {
    match question {
        Question::Lookup(of, name) => Answer::Global(env.lookup(*of, name)),
        Question::MissingName(of, name) => Answer::Text(env.missing_name(*of, name).map(Arc::from)),
        Question::MissingAttribute(of, name) => {
            Answer::Text(env.missing_attribute(of, name).map(Arc::from))
        }
        Question::ModuleAttribute(of, name) => Answer::Global(env.module_attribute(of, name)),
        Question::ClassAttribute(of, name) => Answer::Global(env.class_attribute(*of, name)),
        Question::IsExtended(of) => Answer::Flag(Some(env.is_extended(of))),
        Question::HasExtension(of, ty) => Answer::Flag(Some(env.has_extension(of, ty))),
        Question::Extension(of, args, named) => Answer::Extension(env.extension(of, args, named)),
        Question::Elements(of, operands) => Answer::Elements(env.elements(*of, operands)),
        Question::ClassLacks(of, name) => Answer::Flag(Some(env.class_lacks(*of, name))),
        Question::Shape(of, attributes) => Answer::Class(env.shape(*of, attributes)),
        Question::DataclassInitializer(of) => Answer::Handle(env.dataclass_initializer(*of)),
        Question::AttributeAfter(of, after, name) => {
            Answer::Global(env.attribute_after(*of, *after, name))
        }
        Question::LibraryClassHas(of, name) => Answer::Flag(env.library_class_has(of, name)),
        Question::LibraryClassNames(of) => Answer::Names(env.library_class_names(of)),
        Question::HasLapack => Answer::Flag(Some(env.has_lapack())),
        Question::LibraryClass(name) => Answer::Global(env.library_class(name)),
        Question::FunctionName(of) => Answer::Text(env.function_name(*of)),
        Question::MethodOf(of, name) => Answer::Handle(env.method_of(*of, name)),
        Question::Function(of) => Answer::Source(env.function(*of)),
    }
}

impl Answer {
    /// What says whether another answer is the same; `None` where that can't be said.
    fn digest(&self) -> Option<AnswerDigest> {
        let bytes = match self {
            Answer::Global(found) => postcard::to_allocvec(found),
            Answer::Text(found) => postcard::to_allocvec(found),
            Answer::Flag(found) => postcard::to_allocvec(found),
            Answer::Class(found) => postcard::to_allocvec(found),
            Answer::Handle(found) => postcard::to_allocvec(found),
            Answer::Names(found) => postcard::to_allocvec(found),
            Answer::Extension(found) => postcard::to_allocvec(found),
            Answer::Elements(found) => postcard::to_allocvec(found),
            Answer::Source(Err(why)) => postcard::to_allocvec(&Err::<(), _>(why)),
            Answer::Source(Ok(source)) => return Some(short(&source_bytes(source)?)),
        };
        Some(short(&bytes.ok()?))
    }
}

fn short(bytes: &[u8]) -> AnswerDigest {
    let digest = blake3::hash(bytes);
    let mut short = [0; 16];
    short.copy_from_slice(&digest.as_bytes()[..16]);
    short
}

/// What of a source changes code, in a canonical form.
pub(super) fn source_bytes(source: &FunctionSource) -> Option<Vec<u8>> {
    let form = Canonical::of(&source.text);
    let lambda = match source.lambda_offset {
        None => None,
        Some(offset) => {
            let before = source.text.get(..offset as usize)?;
            let line = before.matches('\n').count() as u32;
            let column = before.len() - before.rfind('\n').map_or(0, |at| at + 1);
            Some((form.kept(line)?, column))
        }
    };
    // All fields, so that a new one isn't forgotten.
    let FunctionSource {
        text: _,
        filename: _,
        first_line: _,
        name,
        qualname,
        lambda_offset: _,
        handle,
        defaults,
        relaxed,
        python_minor,
        pranges,
        called,
        declared,
    } = source;
    let mut fast = String::new();
    let _ = std::fmt::Write::write_fmt(&mut fast, format_args!("{relaxed:?}"));
    let of = (
        (&form.text, lambda, name, qualname, handle, defaults, fast, python_minor, pranges, called),
        declared,
    );
    postcard::to_allocvec(&of).ok()
}

/// Lines of functions: by handle, where those of the canonical form are in the file.
pub type SourceLines = FxHashMap<u64, SourcePlace>;

/// Where a function's text is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SourcePlace {
    /// File or cell.
    pub filename: String,
    /// Line of the text's first line.
    pub first_line: u32,
    /// Lines of the canonical form, from 0 at `first_line`.
    pub lines: Vec<u32>,
}

impl SourcePlace {
    /// Of a source.
    pub fn of(source: &FunctionSource) -> SourcePlace {
        let lines = Canonical::of(&source.text).lines;
        SourcePlace { filename: source.filename.clone(), first_line: source.first_line, lines }
    }
}

/// Questions in order, with digests of their answers.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Log(Vec<(Question, AnswerDigest)>);

impl Log {
    /// How many questions there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing was asked.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Asks the questions of a log; the places of all functions if the answers are the same.
/// Otherwise the environment isn't good for anything any more.
pub fn replay(env: &mut dyn Environment, root: &FunctionSource, log: &Log) -> Option<SourceLines> {
    let mut places = SourceLines::default();
    places.insert(root.handle, SourcePlace::of(root));
    for (question, expected) in &log.0 {
        let answer = ask(env, question);
        if answer.digest()? != *expected {
            return None;
        }
        if let Answer::Source(Ok(source)) = &answer {
            places.insert(source.handle, SourcePlace::of(source));
        }
    }
    Some(places)
}

/// An environment that notes what another one is asked.
pub struct Recorder<'e> {
    env: &'e mut dyn Environment,
    log: Log,
    seen: FxHashMap<Question, AnswerDigest>,
    places: SourceLines,
    /// Whether something was answered that no log can hold.
    lost: bool,
}

impl<'e> Recorder<'e> {
    /// Of a compilation of a function.
    pub fn new(env: &'e mut dyn Environment, root: &FunctionSource) -> Recorder<'e> {
        let mut places = SourceLines::default();
        places.insert(root.handle, SourcePlace::of(root));
        Recorder { env, log: Log::default(), seen: FxHashMap::default(), places, lost: false }
    }

    /// What was asked, and where the functions are; `None` if it can't be asked again.
    pub fn finish(self) -> Option<(Log, SourceLines)> {
        (!self.lost).then_some((self.log, self.places))
    }

    fn ask(&mut self, question: Question) -> Answer {
        let answer = ask(self.env, &question);
        if let Answer::Source(Ok(source)) = &answer {
            self.places.insert(source.handle, SourcePlace::of(source));
        }
        match (answer.digest(), self.seen.get(&question)) {
            (Some(new), Some(old)) if new == *old => {}
            // The same question has had another answer.
            (_, Some(_)) | (None, None) => self.lost = true,
            (Some(digest), None) => {
                self.log.0.push((question.clone(), digest));
                self.seen.insert(question, digest);
            }
        }
        answer
    }

    fn global(&mut self, question: Question) -> Option<Global> {
        match self.ask(question) {
            Answer::Global(found) => found,
            _ => unreachable!("the answer to a question of its kind"),
        }
    }

    fn text(&mut self, question: Question) -> Option<Arc<str>> {
        match self.ask(question) {
            Answer::Text(found) => found,
            _ => unreachable!("the answer to a question of its kind"),
        }
    }

    fn flag(&mut self, question: Question) -> Option<bool> {
        match self.ask(question) {
            Answer::Flag(found) => found,
            _ => unreachable!("the answer to a question of its kind"),
        }
    }
}

impl Environment for Recorder<'_> {
    fn apart(&mut self, work: &mut (dyn FnMut() + Send)) {
        self.env.apart(work);
    }

    // Part of each function's source, so not asked again.
    fn python_minor(&self) -> u8 {
        self.env.python_minor()
    }

    fn lookup(&mut self, function: u64, name: &str) -> Option<Global> {
        self.global(Question::Lookup(function, name.into()))
    }

    fn missing_name(&mut self, function: u64, name: &str) -> Option<String> {
        self.text(Question::MissingName(function, name.into())).map(|text| text.to_string())
    }

    fn missing_attribute(&mut self, module: &str, name: &str) -> Option<String> {
        self.text(Question::MissingAttribute(module.into(), name.into()))
            .map(|text| text.to_string())
    }

    fn module_attribute(&mut self, module: &str, name: &str) -> Option<Global> {
        self.global(Question::ModuleAttribute(module.into(), name.into()))
    }

    fn class_attribute(&mut self, class: u64, name: &str) -> Option<Global> {
        self.global(Question::ClassAttribute(class, name.into()))
    }

    fn is_extended(&mut self, of: &Extended) -> bool {
        self.flag(Question::IsExtended(of.clone())).unwrap_or(false)
    }

    fn has_extension(&mut self, of: &Extended, ty: &Ty) -> bool {
        self.flag(Question::HasExtension(of.clone(), ty.clone())).unwrap_or(false)
    }

    fn extension(
        &mut self,
        of: &Extended,
        args: &[Ty],
        named: &[(Arc<str>, Ty)],
    ) -> Option<Result<u64, String>> {
        match self.ask(Question::Extension(of.clone(), args.to_vec(), named.to_vec())) {
            Answer::Extension(found) => found,
            _ => unreachable!("the answer to a question of its kind"),
        }
    }

    fn elements(&mut self, handle: u64, operands: &[Ty]) -> Option<UfuncElements> {
        match self.ask(Question::Elements(handle, operands.to_vec())) {
            Answer::Elements(found) => found,
            _ => unreachable!("the answer to a question of its kind"),
        }
    }

    fn class_lacks(&mut self, class: u64, name: &str) -> bool {
        self.flag(Question::ClassLacks(class, name.into())).unwrap_or(false)
    }

    fn shape(&mut self, class: u64, attributes: &[Arc<str>]) -> Option<Arc<Class>> {
        match self.ask(Question::Shape(class, attributes.to_vec())) {
            Answer::Class(found) => found,
            _ => unreachable!("the answer to a question of its kind"),
        }
    }

    fn dataclass_initializer(&mut self, class: u64) -> Option<u64> {
        match self.ask(Question::DataclassInitializer(class)) {
            Answer::Handle(found) => found,
            _ => unreachable!("the answer to a question of its kind"),
        }
    }

    fn attribute_after(&mut self, class: u64, after: u64, name: &str) -> Option<Global> {
        self.global(Question::AttributeAfter(class, after, name.into()))
    }

    fn library_class_has(&mut self, class: &str, name: &str) -> Option<bool> {
        self.flag(Question::LibraryClassHas(class.into(), name.into()))
    }

    fn library_class_names(&mut self, class: &str) -> Vec<String> {
        match self.ask(Question::LibraryClassNames(class.into())) {
            Answer::Names(found) => found,
            _ => unreachable!("the answer to a question of its kind"),
        }
    }

    fn has_lapack(&mut self) -> bool {
        self.flag(Question::HasLapack).unwrap_or(false)
    }

    fn library_class(&mut self, name: &str) -> Option<Global> {
        self.global(Question::LibraryClass(name.into()))
    }

    // The elements may be others at any time: what holds them isn't kept.
    fn array_content(&mut self, slot: u64) -> Option<ArrayContent> {
        self.lost = true;
        self.env.array_content(slot)
    }

    fn function_name(&mut self, handle: u64) -> Option<Arc<str>> {
        self.text(Question::FunctionName(handle))
    }

    fn method_of(&mut self, handle: u64, name: &str) -> Option<u64> {
        match self.ask(Question::MethodOf(handle, name.into())) {
            Answer::Handle(found) => found,
            _ => unreachable!("the answer to a question of its kind"),
        }
    }

    fn function(&mut self, handle: u64) -> Result<FunctionSource, String> {
        match self.ask(Question::Function(handle)) {
            Answer::Source(found) => found,
            _ => unreachable!("the answer to a question of its kind"),
        }
    }
}

#[cfg(test)]
mod tests {
    /// Questions have answers where nobody gives one, so a new one could be forgotten here.
    #[test]
    fn every_question_is_passed_on() {
        let names = |text: &'static str| -> Vec<&str> {
            let functions = text.lines().filter_map(|line| line.strip_prefix("    fn "));
            functions.filter_map(|rest| rest.split('(').next()).collect()
        };
        let environment = include_str!("../../../frontend/src/environment.rs");
        let own = include_str!("questions.rs");
        let (_, of_trait) = environment.split_once("pub trait Environment {").expect("is there");
        let (_, here) = own.split_once("impl Environment for Recorder").expect("is there");
        let (of_trait, here) = (names(of_trait), names(here));
        assert!(of_trait.len() > 15 && of_trait.contains(&"lookup"));
        for question in of_trait {
            assert!(here.contains(&question), "{question}() isn't recorded");
        }
    }
}

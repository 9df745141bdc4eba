//! Exceptions in code for devices: the first thread that raises writes the error record.
//!
//! ```text
//!     call void @cumbia.raise.2(ptr %context, i32 site, i64 index, i64 length)
//!     ret i32 1
//! ```
//!
//! The function of as many message arguments is written once a module and never inlined, so
//! that the way without exceptions has no more registers for it. A second one adds call sites
//! to the record if it is this thread's. Threads that wait for the whole grid are told. Where
//! there is no record the launch is stopped.

use crate::translate::function::FunctionCx;
use cumbia_abi::{
    DEVICE_CLEAR, DEVICE_RAISED, DEVICE_TRACE_CAPACITY, DEVICE_WRITING, device_offsets,
};
use cumbia_ir::{Type, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// Which of these functions a module needs.
#[derive(Default)]
pub(in crate::translate) struct Errors {
    /// Numbers of message arguments.
    raises: BTreeSet<usize>,
    passes: bool,
}

/// Writes the record's exception: of a site, by number or by name, with message arguments.
pub(in crate::translate) fn raise(fx: &mut FunctionCx<'_, '_>, site: &str, args: &[Value]) {
    fx.shared.errors.raises.insert(args.len());
    let mut line = format!("call void @cumbia.raise.{}(ptr %context, i32 {site}", args.len());
    for &arg in args {
        let slot = slot(fx, arg);
        let _ = write!(line, ", i64 {slot}");
    }
    fx.line(&(line + ")"));
}

/// Adds a call site to the record.
pub(in crate::translate) fn pass(fx: &mut FunctionCx<'_, '_>, site: &str) {
    fx.shared.errors.passes = true;
    fx.line(&format!("call void @cumbia.pass(ptr %context, i32 {site})"));
}

/// A value as a slot of 8 bytes.
fn slot(fx: &mut FunctionCx<'_, '_>, value: Value) -> String {
    let name = fx.value(value);
    match fx.type_of(value) {
        Type::I64 => name,
        Type::Bool => fx.temporary(&format!("zext i1 {name} to i64")),
        Type::I8 => fx.temporary(&format!("sext i8 {name} to i64")),
        Type::I16 => fx.temporary(&format!("sext i16 {name} to i64")),
        Type::I32 => fx.temporary(&format!("sext i32 {name} to i64")),
        Type::F32 => {
            let bits = fx.temporary(&format!("bitcast float {name} to i32"));
            fx.temporary(&format!("zext i32 {bits} to i64"))
        }
        Type::F64 => fx.temporary(&format!("bitcast double {name} to i64")),
        Type::Ptr => fx.temporary(&format!("ptrtoint ptr {name} to i64")),
    }
}

const PLACES: [(&str, i32); 2] =
    [("ctaid", device_offsets::BLOCK), ("tid", device_offsets::THREAD)];

impl Errors {
    /// The functions; what they use is added to the intrinsics that are declared.
    pub(in crate::translate) fn definitions(
        &self,
        is_whole: bool,
        intrinsics: &mut BTreeMap<String, (String, String)>,
    ) -> String {
        let mut text = String::new();
        for &count in &self.raises {
            self.write_raise(count, is_whole, &mut text);
        }
        if self.passes {
            write_pass(&mut text);
        }
        if !text.is_empty() {
            let mut declare = |name: String, result: &str| {
                intrinsics.insert(name, (result.to_owned(), String::new()));
            };
            declare("llvm.trap".into(), "void");
            declare("llvm.nvvm.membar.sys".into(), "void");
            for (name, _) in PLACES {
                for axis in ["x", "y", "z"] {
                    declare(format!("llvm.nvvm.read.ptx.sreg.{name}.{axis}"), "i32");
                }
            }
        }
        text
    }

    fn write_raise(&self, count: usize, is_whole: bool, text: &mut String) {
        let params: String = (0..count).map(|i| format!(", i64 %a{i}")).collect();
        let _ = write!(
            text,
            "define internal void @cumbia.raise.{count}(ptr %record, i32 %site{params}) \
             cold noinline nounwind {{\n  \
             %none = icmp eq ptr %record, null\n  \
             br i1 %none, label %stop, label %try\n\
             stop:\n  call void @llvm.trap()\n  unreachable\n\
             try:\n"
        );
        if is_whole {
            super::grids::tell_of_raise(text);
        }
        let _ = write!(
            text,
            "  \
             %both = cmpxchg ptr %record, i32 {DEVICE_CLEAR}, i32 {DEVICE_WRITING} \
             syncscope(\"device\") monotonic monotonic, align 4\n  \
             %first = extractvalue {{ i32, i1 }} %both, 1\n  \
             br i1 %first, label %write, label %done\n\
             write:\n"
        );
        store(text, "%site", "i32", device_offsets::SITE);
        for i in 0..count {
            store(text, &format!("%a{i}"), "i64", device_offsets::ARGS + 8 * i as i32);
        }
        for (name, first) in PLACES {
            for (axis, at) in ["x", "y", "z"].into_iter().zip(0..) {
                let value = format!("%{name}.{axis}");
                let _ =
                    writeln!(text, "  {value} = call i32 @llvm.nvvm.read.ptx.sreg.{name}.{axis}()");
                store(text, &value, "i32", first + 4 * at);
            }
        }
        store(text, "0", "i32", device_offsets::TRACE_LEN);
        // The record is whole before it says so.
        let _ = write!(
            text,
            "  call void @llvm.nvvm.membar.sys()\n  \
             store volatile i32 {DEVICE_RAISED}, ptr %record, align 4\n  \
             br label %done\n\
             done:\n  ret void\n}}\n"
        );
    }
}

/// A record that another thread writes, or has written, isn't touched.
fn write_pass(text: &mut String) {
    text.push_str(
        "define internal void @cumbia.pass(ptr %record, i32 %site) cold noinline nounwind {\n",
    );
    let _ = writeln!(
        text,
        "  %state = load volatile i32, ptr %record, align 4\n  \
         %ours.0 = icmp eq i32 %state, {DEVICE_RAISED}"
    );
    let mut ours = 0;
    for (name, first) in PLACES {
        for (axis, at) in ["x", "y", "z"].into_iter().zip(0..) {
            let offset = first + 4 * at;
            let _ = writeln!(
                text,
                "  %here.{ours} = call i32 @llvm.nvvm.read.ptx.sreg.{name}.{axis}()\n  \
                 %at.{ours} = getelementptr i8, ptr %record, i64 {offset}\n  \
                 %there.{ours} = load volatile i32, ptr %at.{ours}, align 4\n  \
                 %same.{ours} = icmp eq i32 %here.{ours}, %there.{ours}\n  \
                 %ours.{} = and i1 %ours.{ours}, %same.{ours}",
                ours + 1
            );
            ours += 1;
        }
    }
    let _ = write!(
        text,
        "  br i1 %ours.{ours}, label %count, label %done\n\
         count:\n  \
         %at = getelementptr i8, ptr %record, i64 {}\n  \
         %length = load i32, ptr %at, align 4\n  \
         %longer = add i32 %length, 1\n  \
         store i32 %longer, ptr %at, align 4\n  \
         %room = icmp ult i32 %length, {DEVICE_TRACE_CAPACITY}\n  \
         br i1 %room, label %add, label %done\n\
         add:\n  \
         %wide = zext i32 %length to i64\n  \
         %bytes = shl i64 %wide, 2\n  \
         %base = getelementptr i8, ptr %record, i64 {}\n  \
         %place = getelementptr i8, ptr %base, i64 %bytes\n  \
         store i32 %site, ptr %place, align 4\n  \
         br label %done\n\
         done:\n  ret void\n}}\n",
        device_offsets::TRACE_LEN,
        device_offsets::TRACE,
    );
}

fn store(text: &mut String, value: &str, ty: &str, offset: i32) {
    let name = format!("%field.{offset}");
    let align = if ty == "i64" { 8 } else { 4 };
    let _ = write!(
        text,
        "  {name} = getelementptr i8, ptr %record, i64 {offset}\n  \
         store {ty} {value}, ptr {name}, align {align}\n"
    );
}

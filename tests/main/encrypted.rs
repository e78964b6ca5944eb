//! Workbooks with a password, in every way of encryption: read with the right one, refused with a clear message otherwise.

use std::fs;

use assert_cmd::cargo::cargo_bin_cmd;
use yusuan::edge::read::{ReadOptions, Unreadable, read, read_with};
use yusuan::grid::{Shown, Value};

use crate::support::{amount, path};

/// The files, and the password where it has to be given.
const FILES: [(&str, Option<&str>); 7] = [
    ("agile.xlsx", Some("密码Abc1")),
    ("standard.xlsx", Some("密码Abc1")),
    ("velvet.xlsx", None),
    ("rc4.xls", Some("密码Abc1")),
    ("cryptoapi.xls", Some("密码Abc1")),
    ("cryptoapi40.xls", None),
    ("xor.xls", Some("Abc12345")),
];

fn bytes(name: &str) -> Vec<u8> {
    fs::read(path("fixtures/encrypted").join(name)).unwrap()
}

fn with(passwords: &[&str]) -> ReadOptions {
    ReadOptions { passwords: passwords.iter().map(|p| (*p).to_owned()).collect(), ..ReadOptions::default() }
}

#[test]
fn the_right_password_among_several_opens_every_kind() {
    for (name, password) in FILES {
        let passwords: Vec<&str> = ["first", "密码abc1"].into_iter().chain(password).collect();
        let grid = read_with(&bytes(name), name, &with(&passwords)).unwrap_or_else(|error| panic!("{name}: {error}"));
        let [sheet] = grid.sheets.as_slice() else { panic!("{name}: one sheet") };
        assert_eq!(sheet.name, "表", "{name}");
        let cell = |at: &str| sheet.cell(at.parse().unwrap()).unwrap();
        assert_eq!(cell("A1").value, Value::Text("单位预算收支总表".to_owned()), "{name}");
        assert_eq!((&cell("B2").value, cell("B2").shown), (&Value::Number(amount("910.01")), Shown::Fixed(2)), "{name}");
        let last = if name.ends_with("xlsx") { 39 } else { 400 };
        let typed = if name.ends_with("xlsx") { last } else { last - 1 };
        assert_eq!(cell(&format!("B{last}")).value, Value::Number(amount(&format!("{typed}.5"))), "{name}");
        assert_eq!(cell(&format!("A{last}")).value, Value::Text(format!("行{typed}")), "{name}");
    }
}

#[test]
fn no_password_and_a_wrong_one_are_told_apart() {
    for (name, password) in FILES {
        if password.is_some() {
            assert_eq!(read(&bytes(name), name), Err(Unreadable::Encrypted), "{name}");
            assert_eq!(read_with(&bytes(name), name, &with(&["no"])), Err(Unreadable::WrongPassword), "{name}");
        } else {
            assert!(read(&bytes(name), name).is_ok(), "{name} opens by itself");
        }
    }
}

#[test]
fn a_damaged_protection_is_never_taken_for_a_wrong_password_of_nothing() {
    for (name, password) in FILES {
        let whole = bytes(name);
        for cut in [whole.len() / 4, whole.len() / 2, whole.len() - 700] {
            let options = with(&password.into_iter().collect::<Vec<_>>());
            let read = read_with(&whole[..cut], name, &options);
            assert!(read.is_err(), "{name} cut at {cut} is not whole");
        }
    }
}

fn yusuan(arguments: &[&str]) -> std::process::Output {
    let files = FILES.map(|(name, _)| path("fixtures/encrypted").join(name));
    cargo_bin_cmd!("yusuan").arg("model").args(arguments).args(&files[..1]).output().unwrap()
}

#[test]
fn passwords_come_from_the_command_line_and_from_a_file() {
    let told =
        |output: std::process::Output| String::from_utf8(output.stderr).unwrap() + &String::from_utf8(output.stdout).unwrap();
    assert!(told(yusuan(&[])).contains("--password"), "what to do is said");
    assert!(told(yusuan(&["--password", "x"])).contains("密码都不对"));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("passwords.txt");
    fs::write(&file, "\u{feff}x\r\n密码Abc1\r\n").unwrap();
    // The small workbook is no budget, and only that is said of it once it is open.
    for arguments in [["--password", "密码Abc1"], ["--password-file", file.to_str().unwrap()]] {
        let told = told(yusuan(&arguments));
        assert!(!told.contains("密码") && !told.is_empty(), "{told}");
    }
}

//! What the real jq (1.6) printed for these filters.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::shell::programs::jq::evaluate::{Item, Machine, Stop};
use crate::shell::programs::jq::syntax;
use crate::shell::programs::jq::value::{Json, Reader};

const DOCUMENT: &str = "{\"kind\":\"List\",\"items\":[{\"metadata\":{\"name\":\"a\",\"labels\":{\"app\":\"x\",\"tier\":\"b\"},\"n\":3},\"ok\":true},{\"metadata\":{\"name\":\"b\",\"n\":1},\"ok\":false}],\"count\":2,\"s\":\"a,b,c\",\"t\":\"eyJhIjoxfQ==\",\"nil\":null}";

fn play(filter: &str) -> Result<String, String> {
    let filter = syntax::read(filter)?;
    let input = Reader::new(DOCUMENT).next().unwrap().unwrap();
    let mut machine = Machine::default();
    machine.variables.insert("ENV".to_owned(), Json::Map(std::rc::Rc::default()));
    let mut out = String::new();
    let flow = machine.run(&filter, &Item::plain(input), &mut |_, item| {
        out.push_str(&item.value.compact());
        out.push('\n');
        Ok(())
    });
    match flow {
        Err(Stop::Error(error)) => Err(crate::shell::programs::jq::functions::plain(&error)),
        _ => Ok(out),
    }
}

#[test]
fn filters_answer_as_the_real_jq() {
    let cases = [
        (".", "{\"kind\":\"List\",\"items\":[{\"metadata\":{\"name\":\"a\",\"labels\":{\"app\":\"x\",\"tier\":\"b\"},\"n\":3},\"ok\":true},{\"metadata\":{\"name\":\"b\",\"n\":1},\"ok\":false}],\"count\":2,\"s\":\"a,b,c\",\"t\":\"eyJhIjoxfQ==\",\"nil\":null}\n"),
        (".kind", "\"List\"\n"),
        (".items[].metadata.name", "\"a\"\n\"b\"\n"),
        (".items[0].metadata.labels", "{\"app\":\"x\",\"tier\":\"b\"}\n"),
        (".items | length", "2\n"),
        ("[.items[] | select(.ok) | .metadata.name]", "[\"a\"]\n"),
        (".items[] | {name: .metadata.name, n: .metadata.n}", "{\"name\":\"a\",\"n\":3}\n{\"name\":\"b\",\"n\":1}\n"),
        (".items | map(.metadata.n) | add", "4\n"),
        ("keys", "[\"count\",\"items\",\"kind\",\"nil\",\"s\",\"t\"]\n"),
        (".items[0].metadata | keys", "[\"labels\",\"n\",\"name\"]\n"),
        (".t | @base64d", "\"{\\\"a\\\":1}\"\n"),
        (".t | @base64d | fromjson | .a", "1\n"),
        (".s | split(\",\")", "[\"a\",\"b\",\"c\"]\n"),
        (".s / \",\"", "[\"a\",\"b\",\"c\"]\n"),
        ("[.items[].metadata.n] | sort", "[1,3]\n"),
        (".items | sort_by(.metadata.n) | .[].metadata.name", "\"b\"\n\"a\"\n"),
        (".items[-1].metadata.name", "\"b\"\n"),
        (".items[0:1] | length", "1\n"),
        (".nope", "null\n"),
        (".nope.deeper", "null\n"),
        (".nope?", "null\n"),
        (".count == 2 and (.kind == \"List\")", "true\n"),
        (".nil // \"default\"", "\"default\"\n"),
        (".items[] | .metadata.labels.app // \"none\"", "\"x\"\n\"none\"\n"),
        ("to_entries | map(.key)", "[\"kind\",\"items\",\"count\",\"s\",\"t\",\"nil\"]\n"),
        (".items[0].metadata.labels | to_entries[] | \"\\(.key)=\\(.value)\"", "\"app=x\"\n\"tier=b\"\n"),
        ("with_entries(select(.key == \"count\"))", "{\"count\":2}\n"),
        ("[.items[] | .metadata | has(\"labels\")]", "[true,false]\n"),
        (".items | map(select(.metadata.n > 1)) | length", "1\n"),
        ("if .count > 1 then \"many\" else \"one\" end", "\"many\"\n"),
        ("[range(5)]", "[0,1,2,3,4]\n"),
        ("[range(2;4)]", "[2,3]\n"),
        (".items | group_by(.ok) | map(length)", "[1,1]\n"),
        ("[.. | strings] | length", "7\n"),
        (".count + 1, .count * 3, .count / 4, .count % 2, .count - 5", "3\n6\n0.5\n0\n-3\n"),
        (".items[].metadata | [.name, .n] | @csv", "\"\\\"a\\\",3\"\n\"\\\"b\\\",1\"\n"),
        (".items[].metadata | [.name, .n] | @tsv", "\"a\\t3\"\n\"b\\t1\"\n"),
        (".s | test(\"B\"; \"i\")", "true\n"),
        (".s | sub(\",\";\"-\")", "\"a-b,c\"\n"),
        (".s | gsub(\",\";\"-\")", "\"a-b-c\"\n"),
        (".s | ascii_upcase", "\"A,B,C\"\n"),
        ("[.s | scan(\"[a-z]\")]", "[\"a\",\"b\",\"c\"]\n"),
        (".items |= map(.metadata.name)", "{\"kind\":\"List\",\"items\":[\"a\",\"b\"],\"count\":2,\"s\":\"a,b,c\",\"t\":\"eyJhIjoxfQ==\",\"nil\":null}\n"),
        (".count = 5 | .count", "5\n"),
        (".count += 1 | .count", "3\n"),
        ("del(.items) | keys", "[\"count\",\"kind\",\"nil\",\"s\",\"t\"]\n"),
        (".items[0].metadata | del(.labels)", "{\"name\":\"a\",\"n\":3}\n"),
        ("[paths] | length", "19\n"),
        (".items[0] | tojson", "\"{\\\"metadata\\\":{\\\"name\\\":\\\"a\\\",\\\"labels\\\":{\\\"app\\\":\\\"x\\\",\\\"tier\\\":\\\"b\\\"},\\\"n\\\":3},\\\"ok\\\":true}\"\n"),
        (".items | first | .ok", "true\n"),
        ("reduce .items[] as $i (0; . + $i.metadata.n)", "4\n"),
        (".items as $x | $x | length", "2\n"),
        ("[.items[] | .metadata.name] | join(\"-\")", "\"a-b\"\n"),
        (".items | any(.ok), all(.ok)", "true\nfalse\n"),
        ("[.items[].ok | not]", "[false,true]\n"),
        (".s | length", "5\n"),
        (".kind | type", "\"string\"\n"),
        ("[.[] | type]", "[\"string\",\"array\",\"number\",\"string\",\"string\",\"null\"]\n"),
        (".items | min_by(.metadata.n) | .metadata.name", "\"b\"\n"),
        (".items | max_by(.metadata.n) | .metadata.name", "\"a\"\n"),
        ("[limit(2; .items[0].metadata.labels[], 1, 2)]", "[\"x\",\"b\"]\n"),
        ("first(.items[].metadata.name)", "\"a\"\n"),
        (".s | explode | implode", "\"a,b,c\"\n"),
        (".items | index(1)", "null\n"),
        (".s | index(\",\")", "1\n"),
        (".s | startswith(\"a\"), endswith(\"c\"), ltrimstr(\"a,\"), rtrimstr(\",c\")", "true\ntrue\n\"b,c\"\n\"a,b\"\n"),
        ("{a: 1} + {b: 2}", "{\"a\":1,\"b\":2}\n"),
        ("{a: {b: 1}} * {a: {c: 2}}", "{\"a\":{\"b\":1,\"c\":2}}\n"),
        ("[1,2,3] - [2]", "[1,3]\n"),
        ("\"x\" * 3", "\"xxx\"\n"),
        ("[3,1,2] | sort | reverse", "[3,2,1]\n"),
        ("[1,[2,[3]]] | flatten", "[1,2,3]\n"),
        ("\"\\u00e9\\n\"", "\"é\\n\"\n"),
        ("[1,1,2] | unique", "[1,2]\n"),
        ("{\"a b\": 1} | .\"a b\"", "1\n"),
        (".[\"kind\"]", "\"List\"\n"),
        ("{(.kind): .count}", "{\"List\":2}\n"),
        ("{kind, count}", "{\"kind\":\"List\",\"count\":2}\n"),
        (".items[0] | {ok}", "{\"ok\":true}\n"),
        ("@base64 \"x\\(.kind)\"", "\"xTGlzdA==\"\n"),
        (".kind | @uri, @html, @sh, @json", "\"List\"\n\"List\"\n\"'List'\"\n\"\\\"List\\\"\"\n"),
        ("\"1.5\" | tonumber", "1.5\n"),
        ("1.5 | floor", "1\n"),
        ("[1.0, 1e3, 0.1, 100000000000, 1e17, 3.14159]", "[1,1000,0.1,100000000000,1e+17,3.14159]\n"),
        ("[.items[] | .metadata.name as $n | {($n): .ok}] | add", "{\"a\":true,\"b\":false}\n"),
        ("try error(\"x\") catch .", "\"x\"\n"),
        ("(.items[] | .nope.x)?", "null\nnull\n"),
        ("[.items[] | if .ok then 1 elif .metadata.n == 1 then 2 else 3 end]", "[1,2]\n"),
        (".items | map(.metadata.labels // {}) | map(length)", "[2,0]\n"),
        ("1 as $x | 2 as $y | [$x,$y]", "[1,2]\n"),
        ("[.items[]|.metadata.name|select(. != \"a\")]", "[\"b\"]\n"),
        ("1795476453 | todate", "\"2026-11-23T23:27:33Z\"\n"),
        ("\"2026-11-23T23:27:33Z\" | fromdate", "1795476453\n"),
        ("getpath([\"items\",0,\"ok\"])", "true\n"),
        ("[splits(\",\")?]", "[]\n"),
        (".s | [splits(\",\")]", "[\"a\",\"b\",\"c\"]\n"),
        (".items | contains([{\"ok\":true}])", "true\n"),
        (".count |= . + 1 | .count", "3\n"),
        ("-1 | fabs", "1\n"),
        ("-(.count)", "-2\n"),
        ("[.items[] | .metadata.n] | (min, max)", "1\n3\n"),
        (".items[1:] | .[0].metadata.name", "\"b\"\n"),
        (".s[0:2]", "\"a,\"\n"),
        ("\"abc\" | .[1:]", "\"bc\"\n"),
        ("env | type", "\"object\"\n"),
        ("now | type", "\"number\"\n"),
        ("[1,2] | .[0] as $a | $a", "1\n"),
        ("{\"a\":[1,2]} | .a[1]", "2\n"),
        ("..|numbers", "3\n1\n2\n"),
        (".items[].metadata|select(has(\"labels\"))|.labels|keys[]", "\"app\"\n\"tier\"\n"),
        ("map_values(type)", "{\"kind\":\"string\",\"items\":\"array\",\"count\":\"number\",\"s\":\"string\",\"t\":\"string\",\"nil\":\"null\"}\n"),
        ("to_entries|from_entries|keys", "[\"count\",\"items\",\"kind\",\"nil\",\"s\",\"t\"]\n"),
        ("[.items[]|.metadata|.labels?|.app?]", "[\"x\",null]\n"),
        (".items|map({name:.metadata.name, app:.metadata.labels.app})", "[{\"name\":\"a\",\"app\":\"x\"},{\"name\":\"b\",\"app\":null}]\n"),
        (".a.b |= 3 | .a", "{\"b\":3}\n"),
        (".items|length as $n|$n+1", "3\n"),
        ("[.items|.[]|.ok]|map(if . then \"yes\" else \"no\" end)|join(\",\")", "\"yes,no\"\n"),
        ("\"\\(1+2) is three\"", "\"3 is three\"\n"),
        ("[1,2,3]|.[1:]|add", "5\n"),
        ("null|length", "0\n"),
        (".s|ascii_downcase|@text", "\"a,b,c\"\n"),
        ("[true,false]|any", "true\n"),
        ("[]|add", "null\n"),
        ("\"a\"|ascii_upcase|test(\"A\")", "true\n"),
        ("\"test123\"|capture(\"(?<w>[a-z]+)(?<d>[0-9]+)\")", "{\"w\":\"test\",\"d\":\"123\"}\n"),
        ("tostring|length", "194\n"),
        ("[.[]?]|length", "6\n"),
    ];
    for (filter, expected) in cases {
        assert_eq!(play(filter).as_deref(), Ok(expected), "{filter}");
    }
}

#[test]
fn errors_are_those_of_the_real_jq() {
    let cases = [
        (".items[].nope.x | error(\"boom\")", "boom"),
        (".kind.x", "Cannot index string with \"x\""),
        (".kind[0]", "Cannot index string with number"),
        ("\"a\" - 1", "string (\"a\") and number (1) cannot be subtracted"),
        ("[] | .[\"a\"]", "Cannot index array with \"a\""),
        ("null | .[]", "Cannot iterate over null"),
        (".count | .[]", "Cannot iterate over number (2)"),
        (".items[", "syntax error, unexpected end of file"),
        ("def f: 1; f", "not simulated: def"),
    ];
    for (filter, expected) in cases {
        assert_eq!(play(filter), Err(expected.to_owned()), "{filter}");
    }
}

#[test]
fn hostile_filters_end() {
    for filter in ["[recurse(1)]", "[range(1e9)]", "reduce range(1000000) as $x (\"a\"; . + .)", "\"a\" * 1e9", "[.[999999999] = 1]"] {
        assert!(play(filter).is_err(), "{filter}");
    }
    for part in ["(", "[", "{a:", ".[", "1+", "1,", ".a", "-", "if ", "\"\\(", ".a|", "[]"] {
        let _ = play(&part.repeat(50_000));
    }
    assert!(Reader::new(&"[".repeat(100_000)).next().is_err());
    assert!(Reader::new("{\"a\"").next().is_err() && Reader::new("\"a").next().is_err() && Reader::new("frob").next().is_err());
}

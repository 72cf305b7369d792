//! The JSON answers of an axis.

use lienthong::axis::answer::{Answer, AnswerLimits, Value};

use crate::support::rows;

fn parse(text: &str) -> Answer {
    Answer::parse(text.as_bytes()).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn refused(body: &[u8]) {
    let error = Answer::parse(body).expect_err("no answer");
    assert_eq!(error.length, body.len());
    let digest = ring::digest::digest(&ring::digest::SHA256, body);
    assert_eq!(error.sha256, digest.as_ref());
    // Nothing of the content stands in the message, only its length and digest.
    let hex: String = error
        .sha256
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let expected = format!(
        "not an answer of an axis ({} bytes, SHA-256 {hex})",
        body.len()
    );
    assert_eq!(error.to_string(), expected);
}

rows! {
    39 row_39_keys_in_any_case_and_codes_as_string_or_number_are_one_answer {
        for text in [
            r#"{"status":"OK","ErrorCode":"0","ErrorDesc":"Thành công"}"#,
            r#"{"status":"OK","errorCode":0,"errorDesc":"Thành công"}"#,
            r#" { "STATUS" : "OK" , "ERRORCODE" : 0 , "errordesc" : "Th\u00e0nh c\u00f4ng" } "#,
            "{\"errorDesc\":\"Thành công\",\r\n\t\"errorCode\":\"0\",\"Status\":OK}\r\n",
            "\u{feff}{\"status\":\"OK\",\"ErrorCode\":\"0\",\"ErrorDesc\":\"Thành công\"}",
            r#"{"status":"OK","code":0,"message":"Thành công"}"#,
        ] {
            let answer = parse(text);
            assert_eq!(answer.status.as_deref(), Some("OK"), "{text}");
            assert_eq!(answer.code.as_deref(), Some("0"), "{text}");
            assert_eq!(answer.description.as_deref(), Some("Thành công"), "{text}");
        }
    }

    39 row_39_values_without_quotes_are_taken {
        let uuid = "5e515fca-3627-4f2e-b517-000000000000";
        for text in [
            format!(r#"{{"DocId":{uuid},"ErrorCode":0}}"#),
            format!(r#"{{"ErrorCode":0,"docid": {uuid} }}"#),
            format!(r#"{{"ErrorCode":"0","DOCID":"{uuid}"}}"#),
        ] {
            let answer = parse(&text);
            assert_eq!(answer.text("DocId"), Some(uuid), "{text}");
            assert_eq!(answer.code.as_deref(), Some("0"));
        }
        // 24 hexadecimal digits, and a number too long for any machine number.
        let answer = parse(
            r#"{"ErrorCode":0,"docId":5f0c1e2d3a4b5c6d7e8f9a0b,"n":123456789012345678901234567890}"#,
        );
        assert_eq!(answer.text("docId"), Some("5f0c1e2d3a4b5c6d7e8f9a0b"));
        assert_eq!(answer.text("n"), Some("123456789012345678901234567890"));
        for text in [
            r#"{"ErrorCode":}"#,
            r#"{"ErrorCode":0,"a":b c}"#,
            r#"{"ErrorCode":0,"a":<b>}"#,
            r#"{"ErrorCode":0,"a":'b'}"#,
        ] {
            refused(text.as_bytes());
        }
    }

    39 row_39_every_form_of_answer_in_use_is_read {
        let list = parse(
            r#"{"status":"OK","ErrorCode":"0","ErrorDesc":"","data":[{"docId":"a","from":"H99.01","status":"initial"},{"docId":"b","To":["H99.02"]}]}"#,
        );
        let data = list.list("data").unwrap();
        assert_eq!(data.len(), 2);
        assert_eq!(data[0].get("DOCID").and_then(Value::text), Some("a"));
        assert_eq!(
            data[1].get("to").and_then(Value::list).map(<[Value]>::len),
            Some(1)
        );
        assert_eq!(data[1].get("from"), None);
        // The inner code decides there; it is not taken for the outer one.
        let inner = parse(
            r#"{"code":200,"message":"ok","data":{"status":"FAIL","docId":"","errorCode":"18","errorDesc":"x"},"errorDetail":null}"#,
        );
        assert_eq!(inner.code.as_deref(), Some("200"));
        assert_eq!(inner.status, None);
        assert_eq!(
            inner
                .get("data")
                .and_then(|data| data.get("ErrorCode"))
                .and_then(Value::text),
            Some("18")
        );
        assert_eq!(inner.get("errorDetail"), None);
        let word = parse(r#"{"status":"Fail","code":0,"errors":[{"code":"M.Exist"}],"docId":0}"#);
        assert_eq!(
            (word.status.as_deref(), word.text("docId")),
            (Some("Fail"), Some("0"))
        );
        assert_eq!(
            word.list("errors").unwrap()[0]
                .get("code")
                .and_then(Value::text),
            Some("M.Exist")
        );
    }

    39 row_39_keys_that_differ_in_case_only_do_not_hide_a_refusal {
        let answer =
            parse(r#"{"ErrorCode":null,"errorCode":"15","DocId":"a","docid":"b","DOCID":null}"#);
        assert_eq!(answer.code.as_deref(), Some("15"));
        assert_eq!(
            (
                answer.text("DocId"),
                answer.text("docid"),
                answer.text("dOcId")
            ),
            (Some("a"), Some("b"), Some("b"))
        );
        assert_eq!(
            parse(r#"{"ErrorCode":"0","errorCode":0}"#).code.as_deref(),
            Some("0")
        );
        // Two codes that contradict one another are no answer to rely on.
        refused(br#"{"ErrorCode":"0","errorCode":"15"}"#);
        refused(br#"{"status":"OK","Status":"FAIL","ErrorCode":"0"}"#);
    }

    39 row_39_what_is_no_answer_is_an_error_and_never_an_empty_list {
        for body in [
            "",
            "\u{feff}",
            "  \r\n",
            "<!DOCTYPE html><html><body>502 Bad Gateway</body></html>",
            "[]",
            "[{\"status\":\"OK\"}]",
            "null",
            "OK",
            "\"OK\"",
            "0",
            "{}",
            "{\"data\":[]}",
            "{\"ErrorCode\":null,\"status\":null}",
            "{\"ErrorCode\":{},\"data\":[]}",
            "{\"ErrorCode\":\"0\"} trailing",
            "{\"ErrorCode\":\"0\"}{}",
            "{\"ErrorCode\" \"0\"}",
            "{ErrorCode:0}",
            "{\"ErrorCode\":0,}",
            "{\"ErrorCode\":0,\"data\":[1,]}",
            "{\"ErrorCode\":\"\\x\"}",
            "{\"ErrorCode\":\"\\u12g4\"}",
        ] {
            refused(body.as_bytes());
        }
        // A key that is missing is no empty list either.
        let answer = parse(r#"{"ErrorCode":"0","data":null}"#);
        assert_eq!(answer.list("data"), None);
        assert_eq!(
            parse(r#"{"ErrorCode":"0","data":[]}"#).list("data"),
            Some([].as_slice())
        );
    }

    39 row_39_a_truncated_answer_is_an_error_wherever_it_is_cut {
        let whole = r#"{"status":"OK","ErrorCode":"0","ErrorDesc":"Th\u00e0nh \ud83d\ude00 công","DocId":5e515fca-3627,"data":[{"a":[1,"b"]},null]}"#;
        parse(whole);
        for end in 0..whole.len() {
            refused(&whole.as_bytes()[..end]);
        }
    }

    39 row_39_depth_size_and_number_of_values_are_bounded {
        let nested = |levels: usize| {
            format!(
                "{{\"ErrorCode\":0,\"a\":{}{}}}",
                "[".repeat(levels),
                "]".repeat(levels)
            )
        };
        parse(&nested(15));
        refused(nested(16).as_bytes());
        refused("{\"a\":".repeat(200_000).as_bytes());
        refused("[".repeat(1_000_000).as_bytes());
        let limits = |max_size, max_values| AnswerLimits {
            max_size,
            max_values,
            ..AnswerLimits::default()
        };
        let text = br#"{"ErrorCode":0,"data":[1,2,3]}"#;
        // The object, the code, the list and its three numbers.
        assert!(Answer::parse_within(text, &limits(text.len(), 6)).is_ok());
        assert!(Answer::parse_within(text, &limits(text.len(), 5)).is_err());
        assert!(Answer::parse_within(text, &limits(text.len() - 1, 6)).is_err());
    }

    39 row_39_strings_are_decoded_and_bytes_in_another_encoding_do_not_hide_the_code {
        let answer = parse(
            r#"{"ErrorCode":"1\u0035","ErrorDesc":"\"\\\/\b\f\n\r\t\ud83d\ude00\ud83dx\udc00"}"#,
        );
        assert_eq!(answer.code.as_deref(), Some("15"));
        assert_eq!(
            answer.description.as_deref(),
            Some("\"\\/\u{8}\u{c}\n\r\t😀\u{fffd}x\u{fffd}")
        );
        let answer = Answer::parse(b"{\"ErrorDesc\":\"kh\xf4ng\",\"ErrorCode\":22}").unwrap();
        assert_eq!(answer.code.as_deref(), Some("22"));
        assert_eq!(answer.description.as_deref(), Some("kh\u{fffd}ng"));
    }

    39 row_39_an_answer_shows_no_texts_in_a_log {
        let answer = parse(
            r#"{"status":"OK","ErrorCode":"0","ErrorDesc":"riêng tư","data":[{"title":"riêng tư"}]}"#,
        );
        let shown = format!(
            "{answer:?} {:?} {:?}",
            answer.get("data"),
            answer.list("data")
        );
        assert!(shown.contains("OK") && !shown.contains("riêng"), "{shown}");
    }

    39 row_39_any_bytes_give_an_answer_or_an_error {
        // A walk through broken answers, the same every time.
        let seed =
            br#"{"status":"OK","ErrorCode":0,"DocId":5e51-4f,"data":[{"a":"\u00e0\ud83d"},null]}"#;
        let mut state = 1_u32;
        let mut next = |below: usize| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as usize % below
        };
        let mut answers = 0;
        for _ in 0..20_000 {
            let mut body = seed.to_vec();
            for _ in 0..=next(3) {
                let at = next(body.len());
                body[at] = [
                    b'"', b'\\', b'{', b'}', b'[', b']', b',', b':', b'u', 0xff, 0, b'0',
                ][next(12)];
            }
            answers += usize::from(Answer::parse(&body).is_ok());
        }
        assert!((1..20_000).contains(&answers));
    }
}

"""Holds JSON lines from standard input against a JSON schema (2020-12).

Prints one line for each failure; ends with 1 where there is one.
"""
import json
import sys

from jsonschema import Draft202012Validator, FormatChecker

with open(sys.argv[1], encoding="utf-8") as file:
    schema = json.load(file)
Draft202012Validator.check_schema(schema)
validator = Draft202012Validator(schema, format_checker=FormatChecker())
failed = False
for number, line in enumerate(sys.stdin.buffer, 1):
    for error in validator.iter_errors(json.loads(line)):
        failed = True
        print(f"line {number}: {error.json_path}: {error.message[:300]}")
sys.exit(1 if failed else 0)

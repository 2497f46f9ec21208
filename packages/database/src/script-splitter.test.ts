import { expect, test } from "vitest";
import { splitScript } from "./script-splitter.ts";

test("statements end at semicolons outside quotes and comments", () => {
  expect(splitScript("SELECT ';', \"a;b\", `c;d`; -- x;y\nSELECT 1 /* ; */;SELECT 'it''s; \\'q;'")).toEqual([
    "SELECT ';', \"a;b\", `c;d`",
    "-- x;y\nSELECT 1 /* ; */",
    "SELECT 'it''s; \\'q;'",
  ]);
});

test("DELIMITER changes what ends a statement, until the next one", () => {
  const script = "DELIMITER $$\nCREATE PROCEDURE p()\nBEGIN SELECT 1; SELECT 2; END$$\nDELIMITER ;\nCALL p();\n";
  expect(splitScript(script)).toEqual(["CREATE PROCEDURE p()\nBEGIN SELECT 1; SELECT 2; END", "CALL p()"]);
});

test("the word DELIMITER within a statement is just a word", () => {
  expect(splitScript("SELECT 1 AS\nDELIMITER;\n")).toEqual(["SELECT 1 AS\nDELIMITER"]);
});

test("what holds only comments is no statement, and a lone minus no comment", () => {
  expect(splitScript("-- one\n# two\n/* three */;\n;SELECT 5--2;")).toEqual(["SELECT 5--2"]);
});

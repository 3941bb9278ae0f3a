import { describe, expect, test } from "vitest";
import { addressOf, configOf, configText, slugOf, wordsOf } from "../src/start/companyFields";

describe("how a company is listed", () => {
  test("is the same after it was shown and read again", () => {
    const config = {
      board: "acme",
      render: true,
      fields: { external_id: "id", title: "name = title" },
      pattern: "/jobs/[0-9]+$",
      site: "42",
    };
    expect(configOf(configText(config))).toEqual(config);
  });

  test("may have spaces around and lines that are empty", () => {
    expect(configOf("\n board =  acme \n\n")).toEqual({ board: "acme" });
  });

  test("with a line of another form is refused with that line", () => {
    expect(() => configOf("board = acme\nnonsense")).toThrow("“nonsense”");
  });
});

test("a filter is a line, commas and all", () => {
  expect(wordsOf(" nurse \n/night{1,2} shift/\n\n")).toEqual(["nurse", "/night{1,2} shift/"]);
});

test("a slug is made of a company's name, and is none that is taken", () => {
  expect(slugOf("Flaky Ltd", [])).toBe("flaky-ltd");
  expect(slugOf("Zoë & Co", [])).toBe("zoe-co");
  expect(slugOf("朝日", [])).toBe("company");
  expect(slugOf("Acme", ["acme", "acme-2"])).toBe("acme-3");
});

test("an address without a scheme is one of https", () => {
  expect(addressOf(" acme.example/jobs ")).toBe("https://acme.example/jobs");
  expect(addressOf("http://acme.example")).toBe("http://acme.example");
});

import { describe, expect, test } from "vitest";
import { configOf, configText, suggestSlug, wordsOf } from "../src/start/companyFields";

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

describe("a name for a company", () => {
  const detected = { source: "greenhouse" };

  test("is made of how it is listed", () => {
    const named = (config: Record<string, string>) => suggestSlug({ ...detected, config }, []);
    expect(named({ board: "Acme Inc" })).toBe("acme-inc");
    expect(named({ url: "https://www.acme.example/careers" })).toBe("acme-example-careers");
    expect(named({ board: "éé" })).toBe("greenhouse");
  });

  test("is none that is taken", () => {
    const config = { board: "acme" };
    expect(suggestSlug({ ...detected, config }, ["acme", "acme-2"])).toBe("acme-3");
  });
});

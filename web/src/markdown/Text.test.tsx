// @vitest-environment happy-dom
/** The elements of a message's text; hostile messages stay text. */
import { render } from "solid-js/web";
import { afterEach, describe, expect, it } from "vitest";
import { type Known, parse } from ".";
import { type Meanings, Text } from "./Text";

const everybody: Known = { person: () => true, room: () => true };
const meanings: Meanings = {
  mention: (name) => (name === "me" ? "me" : "other"),
  room: (name) => `/r/${encodeURIComponent(name)}`,
};

let end: (() => void) | undefined;
function shown(text: string, means = meanings): HTMLElement {
  const place = document.createElement("div");
  document.body.append(place);
  const dispose = render(() => <Text tree={parse(text, everybody)} meanings={means} />, place);
  end = () => {
    dispose();
    place.remove();
  };
  return place;
}
afterEach(() => end?.());

const TAGS = new Set(
  "A ARTICLE BDI BLOCKQUOTE BR BUTTON CODE DIV EM FIGCAPTION FIGURE LI OL P PRE S SPAN STRONG UL".split(" "),
);

function harmless(place: HTMLElement): void {
  for (const element of place.querySelectorAll("*")) {
    expect(TAGS).toContain(element.tagName.toUpperCase());
    for (const { name, value } of element.attributes) {
      expect(name).not.toMatch(/^on|^style$|^src|^srcdoc$|^formaction$|^xlink/i);
      if (name === "href") expect(value).toMatch(/^(https?:\/\/|mailto:|\/r\/)/i);
    }
    if (element.tagName === "A" && !(element.getAttribute("href") ?? "").startsWith("/"))
      expect(element.getAttribute("rel")).toContain("noopener");
  }
}

const files = import.meta.glob<{ text: string; why: string }[]>("../../../tests/transcripts/text/*.json", {
  eager: true,
  import: "default",
});
const corpus = Object.values(files).flat();

describe("the shared examples", () => {
  it.each(corpus.map((one) => [one.why, one.text]))("%s", (_, text) => harmless(shown(text)));
});

describe("a name", () => {
  const seen: string[] = [];
  const withPeople: Meanings = {
    ...meanings,
    person: (name) => (name === "ghost" ? null : () => void seen.push(name)),
  };

  it("opens the person it names", () => {
    const buttons = shown("@bob and `@code` and @ghost", withPeople).querySelectorAll("button");
    expect([...buttons].map((each) => each.textContent)).toEqual(["@bob"]);
    buttons[0]?.click();
    expect(seen).toEqual(["bob"]);
  });

  it("is not a button without a person, or within a link", () => {
    expect(shown("@bob").querySelector("button")).toBeNull();
    end?.();
    expect(shown("[@bob](https://a.example/)", withPeople).querySelector("a button")).toBeNull();
  });
});

describe("hostile messages", () => {
  const hostile: Record<string, string> = {
    script: "<script>document.title='owned'</script><svg onload=alert(1)><iframe srcdoc='<script>'>",
    "handlers in code's language": '```x"onmouseover="alert(1)\na\n```',
    "javascript links":
      "[a](javascript:alert(1)) [b](JaVaScRiPt:alert(1)) [c](\u0001javascript:alert(1)) javascript://https://a.example/%0aalert(1)",
    "data links": "[a](data:text/html,<script>alert(1)</script>) data:text/html,x",
    "an address that breaks out": 'https://a.example/"><img/src=x/onerror=alert(1)>',
    "a name that breaks out": '@<img src=x onerror=alert(1)> #"><script>',
    "8,000 combining characters": `a${"\u0301".repeat(7999)}`,
    "500 lines": "line\n".repeat(500),
    "a very long word": "w".repeat(8000),
    "a huge block of code": `\`\`\`js\n${"let a = 1;\n".repeat(499)}\`\`\``,
    "broken emoji": "\ud83d\ud83d \udc69\u200d\u200d\ufe0f \u{1f3f4}\u{e0067}",
    bidi: "\u202e\u2066\u2067\u2068 abc \u202d",
    "deep quotes": "> ".repeat(3000),
  };
  it.each(Object.entries(hostile))("%s", (_, text) => {
    const place = shown(text);
    harmless(place);
    expect(document.title).not.toBe("owned");
    expect(place.querySelectorAll("*").length).toBeLessThan(1600);
  });
});

it("a link with another text shows its host", () => {
  expect(shown("[https://bank.example/login](https://evil.example/)").textContent).toContain("(leads to evil.example)");
  end?.();
  for (const name of ["the notes", "**https://bank.example**", "`https://bank.example`", "→ bank.example", "#lobby"]) {
    end?.();
    expect(shown(`[${name}](https://evil.example/)`).textContent).toContain("(leads to evil.example)");
  }
  end?.();
  expect(shown("https://bank.example@evil.example/").textContent).toContain("(leads to evil.example)");
  end?.();
  expect(shown("https://bank.example/login").textContent).toBe("https://bank.example/login");
});

it("a spoiler is hidden until it is pressed, also from screen readers", () => {
  const place = shown("it was ||the butler||");
  const button = place.querySelector("button");
  expect(button?.getAttribute("aria-label")).toBeTruthy();
  expect(button?.querySelector("[aria-hidden=true]")?.textContent).toBe("the butler");
  button?.click();
  expect(place.querySelector("button")).toBeNull();
  expect(place.textContent).toContain("the butler");
});

it("long code is cut until it is expanded, and copied completely", () => {
  const place = shown(`\`\`\`\n${Array.from({ length: 60 }, (_, at) => `row ${at}`).join("\n")}\n\`\`\``);
  expect(place.querySelector("pre")?.textContent).not.toContain("row 59");
  place.querySelector<HTMLButtonElement>("button[aria-expanded]")?.click();
  expect(place.querySelector("pre")?.textContent).toContain("row 59");
});

it("a few emoji without text are larger", () => {
  const size = (text: string): string => {
    const name = shown(text).firstElementChild?.className ?? "";
    end?.();
    return name;
  };
  expect(size("🎉🎉")).not.toBe(size("🎉 yes"));
  expect(size("👩‍👩‍👧 🇩🇪")).toBe(size("🎉🎉"));
  expect(size("12")).toBe(size("yes"));
});

import { expect, test } from "vitest";
import { codeOf } from "./invitationCode";

test("an invitation is read from its code or its link", () => {
  expect(codeOf(" rPOCYOoDwV-Pm4k ")).toBe("rPOCYOoDwV-Pm4k");
  expect(codeOf("https://chat.example.org/join/rPOCYOoDwV-Pm4k")).toBe("rPOCYOoDwV-Pm4k");
  expect(codeOf("https://chat.example.org/join/rPOCYOoDwV-Pm4k?x=1#y")).toBe("rPOCYOoDwV-Pm4k");
  expect(codeOf("")).toBe("");
});

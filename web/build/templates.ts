import type { Plugin } from "vite";

const ASSIGNMENT = "t.innerHTML = html;";

const POLICY = `
const parleyTemplates = globalThis.trustedTypes?.createPolicy("solid", { createHTML: (html) => html });
const trustedTemplate = (html) => (parleyTemplates ? parleyTemplates.createHTML(html) : html);
`;

/**
 * Let Solid parse its templates although the page requires trusted types (`require-trusted-types-for 'script'`). The templates are
 * constants of the sources. No other HTML can be parsed: any other assignment of a string to `innerHTML` fails in the browser.
 */
export function trustedTemplates(): Plugin {
  let found = false;
  return {
    name: "parley:templates",
    apply: "build",
    transform(code, id) {
      // Solid writes a constant style into its template as a `style` attribute, which `style-src 'self'` does not allow.
      if (/\btemplate\(`[^`]*\sstyle=/.test(code)) this.error("A style that never changes belongs in a stylesheet.");
      if (!/solid-js\/web\/dist\/web\.js/.test(id)) return null;
      if (code.split(ASSIGNMENT).length !== 2) this.error("Solid makes its templates in another way now: look there.");
      found = true;
      return { code: code.replace(ASSIGNMENT, "t.innerHTML = trustedTemplate(html);") + POLICY, map: null };
    },
    buildEnd(error) {
      if (!error && !found) this.error("Solid's templates were not found, so no page would show in a browser.");
    },
  };
}

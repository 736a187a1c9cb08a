/**
 * Script URLs for trusted types: under the page's content security policy, functions that start a worker take no plain string.
 * Only URLs of this server are allowed.
 */

interface Policy {
  createScriptURL(url: string): string;
}

interface Factory {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): Policy;
}

function sameOrigin(url: string): string {
  if (new URL(url, location.href).origin !== location.origin) throw new TypeError(`${url} is not of this server`);
  return url;
}

let policy: Policy | undefined;

/** Return the URL for `new Worker` and `serviceWorker.register`.
 * @throws TypeError if it is a URL of another server. */
export function scriptUrl(url: string): string {
  // The browser returns a TrustedScriptURL. TypeScript's types of those functions have strings.
  const factory = (globalThis as { trustedTypes?: Factory }).trustedTypes;
  policy ??= factory?.createPolicy("parley", { createScriptURL: sameOrigin }) ?? { createScriptURL: sameOrigin };
  return policy.createScriptURL(url);
}

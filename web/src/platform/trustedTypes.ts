/**
 * Addresses of scripts, where the page demands trusted types: what starts a worker takes no plain string. Only files of
 * this server pass.
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

/** Return the address for `new Worker` and `serviceWorker.register`.
 * @throws TypeError if it is another server's. */
export function scriptUrl(url: string): string {
  // The browser's type is an object that only such functions take; to TypeScript they take strings.
  const factory = (globalThis as { trustedTypes?: Factory }).trustedTypes;
  policy ??= factory?.createPolicy("parley", { createScriptURL: sameOrigin }) ?? { createScriptURL: sameOrigin };
  return policy.createScriptURL(url);
}

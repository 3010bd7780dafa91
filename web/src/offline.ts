/** The page's one worker, and the only script address that it ever makes itself. */
const worker = '/sw.js';

/** The name that the page's policy allows for it. */
const policyName = 'live-comments';

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(address: string): string },
  ): { createScriptURL(address: string): string };
}

/** Keeps the page's own files, so that it comes up without network. Nothing depends on it. */
export async function keepPageForOffline(): Promise<void> {
  // Not there outside secure contexts, whatever the types say.
  if (!import.meta.env.PROD || !(navigator as Partial<Navigator>).serviceWorker) return;
  try {
    await navigator.serviceWorker.register(trusted(worker));
    const { active } = await navigator.serviceWorker.ready;
    const files = performance
      .getEntriesByType('resource')
      .map(({ name }) => name)
      .filter((name) => name.startsWith(`${location.origin}/assets/`));
    active?.postMessage({ keep: ['/', ...new Set(files)] });
  } catch {
    // A browser that refuses workers shows the page all the same.
  }
}

function trusted(address: string): string {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  if (!trustedTypes) return address;
  const policy = trustedTypes.createPolicy(policyName, {
    createScriptURL: (given) => {
      if (given !== worker) throw new TypeError(`No script comes from ${given}.`);
      return given;
    },
  });
  return policy.createScriptURL(address);
}

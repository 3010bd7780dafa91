import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

// Where `npm run dev` finds the system; the AppHost prints this address as "Ready".
const gateway = 'http://localhost:8080';

export default defineConfig({
  plugins: [
    react(),
    {
      // For the page's worker: what comes only when it is wanted must be there in a tunnel, too.
      name: 'list of files',
      generateBundle(_, bundle) {
        const files = Object.keys(bundle).filter((name) => name.startsWith('assets/'));
        this.emitFile({
          type: 'asset',
          fileName: 'files.json',
          source: JSON.stringify(files.map((name) => `/${name}`)),
        });
      },
    },
  ],
  build: {
    // The page's policy is default-src 'self': no data: addresses, no inline script.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { '/api': gateway, '/live': gateway } },
  test: { include: ['src/**/*.test.ts'] },
});

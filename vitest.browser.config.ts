import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';

/** Needs a Chromium on the machine (Debian: apt-get install -y chromium), or CHROMIUM=<path>. */
export default defineConfig({
  resolve: { conditions: ['@quorate/source', 'module', 'browser', 'import', 'default'] },
  test: {
    globalSetup: [
      'apps/demo/browser/support/provide-hashes.ts',
      // The process that pages reach over WebSockets.
      'packages/transport/test/support/websocket-hub.ts',
    ],
    include: ['{packages,apps}/*/browser/**/*.browser.test.ts'],
    reporters: process.env['CI'] ? ['default', 'json'] : ['default'],
    outputFile: { json: `${import.meta.dirname}/.reports/browser.json` },
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright({
        launchOptions: {
          executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
          args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
        },
      }),
      instances: [{ browser: 'chromium' }],
    },
  },
});

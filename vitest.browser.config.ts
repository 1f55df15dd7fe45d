import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';

/** Needs a Chromium on the machine (Debian: apt-get install -y chromium), or CHROMIUM=<path>. */
export default defineConfig({
  resolve: { conditions: ['@quorate/source', 'module', 'browser', 'import', 'default'] },
  test: {
    include: ['packages/*/browser/**/*.browser.test.ts'],
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

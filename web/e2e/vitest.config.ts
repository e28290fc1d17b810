import { defineConfig } from 'vitest/config';

// Each test waits for what it needs; these are the limits of a busy machine.
export default defineConfig({
  test: {
    include: ['e2e/**/*.e2e.ts'],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});

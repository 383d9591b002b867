import { defineConfig } from 'vite'

export default defineConfig({
  base: '/graphiql/',
  build: {
    // Monaco alone is 2.8 MB; browsers fetch it once and keep it.
    chunkSizeWarningLimit: 3000,
    // Off: the polyfill is for browsers that GraphiQL does not run in.
    modulePreload: { polyfill: false },
    rolldownOptions: {
      // Off: packages mark files "use client" for servers that render, which we have none of.
      checks: { moduleLevelDirective: false },
    },
  },
})

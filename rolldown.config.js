import { defineConfig } from "rolldown";

// A browser that asks for a hundred small modules shows its first price seconds later: what the page
// starts with is joined into one file, and each part for later with what only that part needs. Their
// names are those of the sources, so that a part is known by its address.
const SOURCES = `${import.meta.dirname}/static/js/`;

export default defineConfig([
  {
    input: "static/js/main.js",
    external: /\/vendor\//,
    output: {
      dir: "static/built/js",
      cleanDir: true,
      minify: true,
      sourcemap: true,
      entryFileNames: "[name].js",
      chunkFileNames: ({ facadeModuleId, name }) =>
        facadeModuleId?.startsWith(SOURCES) ? facadeModuleId.slice(SOURCES.length) : `${name}.js`,
      codeSplitting: { groups: [{ name: "start", test: /\/static\/js\/(?!later\/|main\.js)/ }] },
    },
  },
  {
    input: "static/worker/service-worker.js",
    output: { dir: "static/built/worker", cleanDir: true, minify: true },
  },
]);

import { readFileSync } from "node:fs";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig, type Plugin } from "vite";

/** Fonts are needed by the first paint: the page asks for them before the style sheet has been read. */
function preloadFonts(): Plugin {
  return {
    name: "preload-fonts",
    transformIndexHtml: {
      order: "post",
      handler: (_html, { bundle }) =>
        Object.keys(bundle ?? {})
          .filter((file) => file.endsWith(".woff2"))
          .map((file) => ({
            tag: "link",
            attrs: { rel: "preload", href: `./${file}`, as: "font", type: "font/woff2", crossorigin: true },
            injectTo: "head" as const,
          })),
    },
  };
}

/**
 * The built page states what it may load and run, on whatever host it lies: before anything in it does. `cargo xtask serve` sends the
 * same as a header, which binds the workers too. Vite's own server writes styles into the page: it has no policy.
 */
function contentSecurityPolicy(): Plugin {
  const content = readFileSync(new URL("content-security-policy.txt", import.meta.url), "utf8").trim().split("\n").join("; ");
  return {
    name: "content-security-policy",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler: (html) => {
        const first = '<meta charset="utf-8" />';
        if (!html.includes(first)) throw new Error(`index.html has no ${first} to put the policy behind`);
        return html.replace(first, `${first}\n    <meta http-equiv="Content-Security-Policy" content="${content}" />`);
      },
    },
  };
}

export default defineConfig({
  base: "./",
  plugins: [svelte(), preloadFonts(), contentSecurityPolicy()],
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rolldownOptions: { checks: { pluginTimings: false } },
  },
  worker: { format: "es" },
});

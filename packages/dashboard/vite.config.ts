/**
 * How the page is built, and served while one works on it: `npm run dev -w @penchant/dashboard` beside a running server
 * (`npm start`) shows every change at once.
 */
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const server = "http://127.0.0.1:4600";

export default defineConfig({
  plugins: [react()],
  // Everything is a file of its own: the content security policy allows nothing that is written into the page.
  // The licences of all that is bundled go with it.
  build: {
    license: { fileName: "licences.md" },
    assetsInlineLimit: 0,
    target: "baseline-widely-available",
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: Object.fromEntries(
      ["/v1", "/health", "/docs", "/openapi.json"].map((path) => [
        path,
        {
          target: server,
          changeOrigin: true,
          // The server answers its own pages only, and this is one of them by way of this proxy.
          configure: (proxy) => proxy.on("proxyReq", (request) => request.removeHeader("origin")),
        },
      ]),
    ),
  },
});

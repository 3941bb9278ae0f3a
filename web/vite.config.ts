import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** The address of the API to which `npm run dev` forwards requests. In production the API serves
 * the built page itself. */
const API = process.env.JOBHUNT_API_URL ?? "http://127.0.0.1:8000";

export default defineConfig({
  plugins: [react()],
  // No asset is inlined (limit 0), because the content security policy allows no `data:` module and
  // no inline style.
  build: { assetsInlineLimit: 0, target: "es2022" },
  server: { proxy: { "/api": API, "/live": API } },
});

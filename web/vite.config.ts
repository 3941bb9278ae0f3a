import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** The address of the API for `npm run dev`. The API itself serves the built page. */
const API = process.env.JOBHUNT_API_URL ?? "http://127.0.0.1:8000";

export default defineConfig({
  plugins: [react()],
  // the content security policy allows no data: module and no inline style
  build: { assetsInlineLimit: 0, target: "es2022" },
  server: { proxy: { "/api": API, "/live": API } },
});

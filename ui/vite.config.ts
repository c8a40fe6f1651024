import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const server = process.env['KIROKU'] ?? 'http://127.0.0.1:5000'

// Addresses are relative, so that the pages work below any prefix and behind any proxy.
export default defineConfig({
  base: './',
  plugins: [react()],
  build: {
    outDir: 'target/classes/dev/kiroku/ui',
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 900,
    rollupOptions: {
      output: {
        manualChunks: {
          react: ['react', 'react-dom', '@tanstack/react-query', '@tanstack/react-router', '@tanstack/react-virtual'],
        },
      },
    },
  },
  server: {
    // `npm run dev` shows the pages as they are being written, against a server that runs beside (KIROKU=http://…)
    proxy: Object.fromEntries(['/api/', '/ajax-api', '/get-artifact', '/model-versions'].map((path) => [path, server])),
  },
})

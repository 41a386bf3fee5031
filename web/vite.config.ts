// Two pages from one tree: the portal at /, the workbench at /work/.  Both are packed into the binary.
import { fileURLToPath } from 'node:url'
import vueI18n from '@intlify/unplugin-vue-i18n/vite'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  plugins: [
    vue(),
    // Messages are compiled while building: the policy of the pages allows no eval.
    vueI18n({ include: here('./src/**/locales/*.json'), strictMessage: false, runtimeOnly: true }),
  ],
  resolve: { alias: { '@': here('./src') } },
  build: {
    outDir: process.env.HUIYIN_WEB_OUT ?? 'dist',
    emptyOutDir: true,
    target: ['chrome87', 'firefox78', 'safari14'],
    assetsInlineLimit: 0, // nothing inline but what the policy allows
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rollupOptions: { input: { portal: here('./index.html'), work: here('./work/index.html') } },
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8765', '/log': 'http://127.0.0.1:8765' } },
  test: { environment: 'happy-dom', include: ['src/**/*.test.ts'] },
})

// Two pages from one tree: the portal at /, the workbench at /work/.  Both are packed into the binary.
import { fileURLToPath } from 'node:url'
import vueI18n from '@intlify/unplugin-vue-i18n/vite'
import vue from '@vitejs/plugin-vue'
import { createServer, type Plugin } from 'vite'
import { defineConfig } from 'vitest/config'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

const common = () => ({
  plugins: [
    vue(),
    // Messages are compiled while building: the policy of the pages allows no eval.
    vueI18n({ include: here('./src/**/locales/*.json'), strictMessage: false, runtimeOnly: true, fullInstall: false }),
  ],
  resolve: { alias: { '@': here('./src') } },
})

/**
 * Two files come of the portal's index.html: page.html for every address, and index.html for the first page alone.  That
 * one holds the page itself, drawn by the page itself, and asks for the scripts when it has been read (public/early.js).
 */
const still = (): Plugin => ({
  name: 'huiyin-still',
  apply: 'build',
  enforce: 'post',
  generateBundle: {
    order: 'post',
    async handler(_, bundle) {
      const first = bundle['index.html']
      if (first?.type !== 'asset') return
      const page = String(first.source), scripts: string[] = []
      this.emitFile({ type: 'asset', fileName: 'page.html', source: page })
      const html = page.replace(/\s*<(?:script type="module"|link rel="modulepreload") crossorigin (?:src|href)="([^"]*)">(?:<\/script>)?/g, (_tag, path: string) => (scripts.push(path), ''))
      const drawer = await createServer({ ...common(), configFile: false, root: here('.'), appType: 'custom', logLevel: 'error', optimizeDeps: { noDiscovery: true }, build: { assetsInlineLimit: 0 }, server: { middlewareMode: true, hmr: false, ws: false, watch: null } })
      try {
        const { still } = (await drawer.ssrLoadModule('/src/portal/still.ts')) as typeof import('./src/portal/still')
        first.source = html
          .replace('src="/early.js"', `src="/early.js" data-later="${scripts.join(' ')}"`)
          .replace('<div id="app"></div>', `<div id="app" data-still>${await still()}</div>`)
      } finally {
        await drawer.close()
      }
    },
  },
})

export default defineConfig({
  ...common(),
  plugins: [...common().plugins, still()],
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

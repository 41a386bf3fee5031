import vueI18n from '@intlify/eslint-plugin-vue-i18n'
import vue from 'eslint-plugin-vue'
import ts from 'typescript-eslint'
import parser from 'vue-eslint-parser'

export default [
  { ignores: ['dist', 'node_modules', 'first', 'src/shared/schema.d.ts'] },
  {
    settings: {
      'vue-i18n': {
        localeDir: [
          { pattern: './src/shared/locales/*.json', localeKey: 'file' },
          { pattern: './src/portal/locales/*.json', localeKey: 'file' },
          { pattern: './src/work/locales/*.json', localeKey: 'file' },
        ],
        messageSyntaxVersion: '^11.0.0',
      },
    },
  },
  ...ts.configs.recommended,
  ...vue.configs['flat/recommended'],
  ...vueI18n.configs.recommended,
  {
    files: ['**/*.vue', '**/*.ts'],
    languageOptions: { parser, parserOptions: { parser: ts.parser, sourceType: 'module' } },
    rules: {
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/html-self-closing': ['error', { html: { void: 'any', normal: 'any' } }],
      'vue/multi-word-component-names': 'off',
      'vue/no-v-html': 'error',
      '@intlify/vue-i18n/no-raw-text': ['error', { ignorePattern: '^[\\s\\d·：:，,。/()（）→←↑↓…%+\\-–—|×÷=#«»“”„✓!?？、]*$' }],
      '@intlify/vue-i18n/no-missing-keys': 'error',
      '@intlify/vue-i18n/no-missing-keys-in-other-locales': 'error',
      '@intlify/vue-i18n/no-unused-keys': ['error', { extensions: ['.ts', '.vue'], src: './src' }],
      '@intlify/vue-i18n/no-dynamic-keys': 'off',
      '@intlify/vue-i18n/no-v-html': 'error',
    },
  },
]

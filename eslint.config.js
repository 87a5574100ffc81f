import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';

const unused = ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true }];

/** Components only: TypeScript and scripts are oxlint's, which reads their types in a fifth of the time. */
export default ts.config(
  { ignores: ['node_modules', 'dist', '.data', '.cache', 'test/**/fixtures', '**/*.{js,mjs,ts}', '!**/*.svelte.ts'] },
  js.configs.recommended,
  ...ts.configs.recommended,
  ...svelte.configs.recommended,
  {
    files: ['web/**/*.svelte', 'web/**/*.svelte.ts'],
    languageOptions: { globals: globals.browser, parserOptions: { parser: ts.parser } },
    rules: { '@typescript-eslint/no-unused-vars': unused, 'no-console': 'error', 'svelte/no-at-html-tags': 'error' },
  },
);

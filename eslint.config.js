import tseslint from 'typescript-eslint';

const noNonNull = {
  selector: 'TSNonNullExpression:not([expression.computed=true])',
  message: 'Use `!` only directly on an index expression (`values[i]!`); elsewhere narrow the type or throw.',
};
const noDefaultExport = {
  selector: 'ExportDefaultDeclaration',
  message: 'Export by name: a file is named after its main export.',
};

export default tseslint.config(
  {
    ignores: [
      'dist/**',
      'dist.*/**',
      'node_modules/**',
      'coverage/**',
      'src/dashboard/public/**',
      'test/**/fixtures/**',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'none', ignoreRestSiblings: true },
      ],
      'no-console': 'error',
      'no-new-func': 'error',
      'no-eval': 'error',
      eqeqeq: 'error',
      'no-restricted-syntax': ['error', noNonNull, noDefaultExport],
      'max-lines': ['error', { max: 600 }],

      // Contracts are asynchronous where one implementation is not.
      '@typescript-eslint/require-await': 'off',
      // `!` is ruled by the selector above.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // These report what crosses from untyped packages and JSON; the boundary functions check values themselves.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      // A method that does nothing is how a contract's optional part is answered.
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true, allowNullish: false, allowAny: false },
      ],
    },
  },
  { files: ['src/columnar/codegen.ts'], rules: { 'no-new-func': 'off', '@typescript-eslint/no-implied-eval': 'off' } },
  {
    files: [
      'src/cli/**/*.ts',
      'src/terminal/**/*.ts',
      'repl/**/*.ts',
      'scripts/**',
      'bench/**',
      'test/conformance/main.ts',
    ],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['test/**/*.ts', 'bench/**/*.ts'],
    rules: {
      'no-restricted-syntax': ['error', noDefaultExport],
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/restrict-template-expressions': 'off',
    },
  },
  { files: ['*.config.ts', '*.config.js'], rules: { 'no-restricted-syntax': 'off' } },
);

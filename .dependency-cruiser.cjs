/** The rooms and arrows of docs/architecture.md as rules that can fail; each carries its reason. */
const domainPackages =
  '^node_modules/(temporal-polyfill|@marcbachmann/cel-js|re2js|ical\\.js|libphonenumber-js|tldts|tldts-core)/';

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'A cycle means two rooms are one; neither can be read or tested alone.',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'domain-is-pure',
      severity: 'error',
      comment:
        'Decisions are functions of their arguments, so that any of them can be taken again; only listed pure packages may enter.',
      from: { path: '^src/domain', pathNot: '\\.spec\\.ts$' },
      to: { pathNot: ['^src/domain', domainPackages] },
    },
    {
      name: 'workflow-bundle-is-bare',
      severity: 'error',
      comment:
        'Every module of the bundle is evaluated again for each cached workflow; the driver needs the SDK and types only.',
      from: { path: '^src/workflows', pathNot: '\\.spec\\.ts$' },
      to: {
        pathNot: ['^src/workflows', '^node_modules/@temporalio/(workflow|common)/'],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'workflow-types-only-from-domain-and-activities',
      severity: 'error',
      comment:
        'Types cost nothing at run time, but a type from elsewhere would tie the durable driver to a business word.',
      from: { path: '^src/workflows', pathNot: '\\.spec\\.ts$' },
      to: { pathNot: ['^src/(workflows|domain|activities)', '^node_modules/@temporalio/'] },
    },
    {
      name: 'activities-are-thin',
      severity: 'error',
      comment:
        'Activities adapt module services to Temporal; a decision or a query here would escape the module that owns it.',
      from: { path: '^src/activities', pathNot: '\\.spec\\.ts$' },
      to: {
        path: '^src/',
        pathNot: [
          '^src/(activities|domain|platform)',
          '^src/modules/[^/]+/index\\.ts$',
          '^src/workflows/messages\\.ts$',
        ],
      },
    },
    {
      name: 'modules-through-the-front-door',
      severity: 'error',
      comment: 'index.ts is the only door of a module; what is behind it may change without asking.',
      from: { path: '^src/modules/([^/]+)/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^src/modules/', pathNot: ['^src/modules/$1/', '^src/modules/[^/]+/index\\.ts$'] },
    },
    {
      name: 'modules-know-no-host',
      severity: 'error',
      comment: 'A use case must run from the API, the CLI and an activity alike.',
      from: { path: '^src/modules' },
      to: { path: '^src/(api|activities|cli|main|app\\.module)' },
    },
    {
      name: 'modules-see-only-workflow-messages',
      severity: 'error',
      comment: 'Message definitions are the contract with the driver; its code belongs to the bundle.',
      from: { path: '^src/(modules|api)' },
      to: { path: '^src/workflows/', pathNot: '^src/workflows/messages\\.ts$' },
    },
    {
      name: 'api-through-the-front-door',
      severity: 'error',
      comment: 'Controllers translate HTTP; they use what a module offers, never its tables.',
      from: { path: '^src/(api|cli)', pathNot: '\\.spec\\.ts$' },
      to: { path: '^src/modules/', pathNot: '^src/modules/[^/]+/index\\.ts$' },
    },
    {
      name: 'api-and-cli-are-hosts',
      severity: 'error',
      comment: 'A host may not depend on another host.',
      from: { path: '^src/(api|cli)' },
      to: { path: '^src/(main|app\\.module|activities)' },
    },
    {
      name: 'platform-knows-no-business',
      severity: 'error',
      comment: 'Technology must stay replaceable; a business word in it could not be.',
      from: { path: '^src/platform' },
      to: { path: '^src/', pathNot: '^src/platform' },
    },
    {
      name: 'nothing-imports-main',
      severity: 'error',
      comment: 'Composition is the last step; importing it would start the program.',
      from: { pathNot: '^test/' },
      to: { path: '^src/main\\.ts$' },
    },
    {
      name: 'tests-not-imported',
      severity: 'error',
      comment: 'Product code that needs a test builder has a design problem.',
      from: { path: '^src', pathNot: '\\.spec\\.ts$' },
      to: { path: ['^test', '\\.spec\\.ts$', '^bench'] },
    },
    {
      name: 'bench-speaks-http',
      severity: 'error',
      comment:
        'A figure must be what a user gets; it may not reach inside. Figures of pure functions are the exception.',
      from: { path: '^bench', pathNot: '^bench/micro/' },
      to: { path: '^src' },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      comment: 'A file nobody imports is dead.',
      from: { orphan: true, path: '^src', pathNot: ['\\.spec\\.ts$', '^src/main\\.ts$', '^src/cli/main\\.ts$'] },
      to: {},
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    exclude: { path: '^dist' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};

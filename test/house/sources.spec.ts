import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { projectFiles, projectFolder, readProject } from '../support/project.js';

const SOURCES = ['src', 'migrations', 'scripts', 'bench', 'test', 'deploy'].filter((folder) =>
  existsSync(join(projectFolder, folder)),
);
const CODE = ['.ts', '.mjs', '.cjs', '.js', '.yaml', '.yml', '.sh', '.sql'];
const files = [
  ...SOURCES.flatMap((folder) => projectFiles(folder, ...CODE)),
  'Dockerfile',
  'docker-compose.yml',
  'package.json',
];
const documents = projectFiles('.', '.md');

/** `path:line` of every line that matches. */
function linesWith(paths: readonly string[], pattern: RegExp): string[] {
  return paths.flatMap((path) =>
    readProject(path)
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}`] : [])),
  );
}

/** GitHub's anchor of a heading. */
function anchorOf(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');
}

function anchors(path: string): string[] {
  return [...readProject(path).matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchorOf(heading ?? ''));
}

describe('sources', () => {
  it('are found', () => {
    expect(files.length).toBeGreaterThan(300);
    expect(documents.length).toBeGreaterThan(5);
  });

  it('name no folder of the machine they were written on', () => {
    const folders = new RegExp(
      `["'\`( =](${['home', 'Users', 'work', 'root'].map((name) => `/${name}/\\w`).join('|')})`,
    );
    expect(linesWith([...files, ...documents], folders)).toEqual([]);
  });

  it('number decision records one after the other, in their titles as in their names', () => {
    const records = documents.filter((path) => /adr\/\d/.test(path)).sort();
    const named = records.map((path) => Number(/adr\/(\d+)-/.exec(path)?.[1]));
    const titled = records.map((path) => Number(/^# (\d+)\. /.exec(readProject(path))?.[1]));
    expect(named).toEqual(records.map((_path, index) => index + 1));
    expect(titled).toEqual(named);
  });

  it('leave nothing to be done later', () => {
    const marks = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX', 'HA' + 'CK'].join('|')})\\b`);
    expect(linesWith(files, marks)).toEqual([]);
  });

  it('compare with the instant of the statement, because no index serves a comparison with one that goes on', () => {
    const volatile = /[<>]=? clock_timestamp\(\)/;
    expect(linesWith(projectFiles('src', '.ts'), volatile)).toEqual([]);
  });

  it('stay short enough to be read', () => {
    const long = projectFiles('src', '.ts').filter(
      (path) => !path.endsWith('.spec.ts') && readProject(path).split('\n').length > 310,
    );
    expect(long).toEqual([]);
  });
});

describe('documents', () => {
  it('link to files and headings that are there', () => {
    const broken = documents.flatMap((path) => {
      const links = [...readProject(path).matchAll(/\[[^\]]*\]\(([^)\s]+)\)/g)].map(([, target]) => target ?? '');
      return links
        .filter((target) => !/^(https?:|mailto:)/.test(target))
        .filter((target) => {
          const [file = '', anchor] = target.split('#');
          const linked = file === '' ? path : normalize(join(dirname(path), file));
          if (!existsSync(join(projectFolder, linked))) return true;
          return anchor !== undefined && linked.endsWith('.md') && !anchors(linked).includes(anchor);
        })
        .map((target) => `${path}: ${target}`);
    });
    expect(broken).toEqual([]);
  });
});

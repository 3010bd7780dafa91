// Builds the web client for LiveComments.Gateway/WebClient.targets: `node build.mjs <work folder>`.
//
// 1. Take the lock: two builds may want the same node_modules and dist at once.
// 2. `npm ci`, unless node_modules already holds what the lock file says.
// 3. Compile and bundle into a folder of its own, unless dist already holds this source's result.
// 4. Put a compressed copy beside every file that gains by it: the Gateway hands these out as they are.
// 5. Put it in dist's place in one step, so that nobody ever serves half a client.
//
// A failure is one sentence on standard error, and exit code 1; what the tools printed lies in the work folder.

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';

const web = dirname(fileURLToPath(import.meta.url));
const work = resolve(process.argv[2] ?? join(web, '../artifacts/web'));
const dist = join(web, 'dist');
const modules = join(web, 'node_modules');
const lockFile = join(work, 'lock');

// Longer than a first `npm ci` over a slow line takes.
const lockTimeoutMs = 10 * 60_000;
const lockPollMs = 100;

/** A failure that is told in one sentence. */
class BuildError extends Error {}

try {
  requireNode();
  await mkdir(work, { recursive: true });
  await takeLock();
  try {
    await installPackages();
    await buildClient();
  } finally {
    await rm(lockFile, { force: true });
  }
} catch (error) {
  process.stderr.write(
    `${error instanceof BuildError ? error.message : `The web client's build broke: ${error.stack}`}\n`,
  );
  process.exitCode = 1;
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19))
    throw new BuildError(
      `Node 20.19 or newer is needed to build the web client: this machine's node is ${process.versions.node}; install a newer one from nodejs.org, or leave the web client out with -p:SkipWebClient=true.`,
    );
}

async function takeLock() {
  const giveUpAt = performance.now() + lockTimeoutMs;
  for (;;) {
    try {
      await writeFile(lockFile, String(process.pid), { flag: 'wx' });
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const holder = await readFile(lockFile, 'utf8').catch(() => null);
    if (holder !== null && holder !== '' && !isRunning(Number(holder))) {
      // Its build was killed. Moved away first: only one of several waiters can.
      const stale = `${lockFile}.${process.pid}`;
      await rename(lockFile, stale).then(
        () => rm(stale, { force: true }),
        () => {},
      );
    } else if (performance.now() > giveUpAt) {
      throw new BuildError(
        `Another build of the web client (process ${holder}) has held ${lockFile} for ${lockTimeoutMs / 60_000} minutes; end it or delete that file.`,
      );
    } else {
      await new Promise((wake) => setTimeout(wake, lockPollMs));
    }
  }
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

async function installPackages() {
  const wanted = await hashOf(
    ['package.json', 'package-lock.json', '.npmrc', 'src/feed/package.json'],
    `${process.platform}-${process.arch}`,
  );
  // Inside node_modules, so that it goes with it: npm ci deletes the folder first.
  const stamp = join(modules, '.installed');
  if ((await readFile(stamp, 'utf8').catch(() => '')) === wanted) return;
  process.stdout.write('Web client: npm ci ...\n');
  await run('npm', ['ci', '--no-audit', '--no-fund'], 'npm-ci.log', 'npm ci failed for the web client');
  await writeFile(stamp, wanted);
}

async function buildClient() {
  const wanted = await hashOf(await sources());
  const stamp = join(work, 'dist.hash');
  const index = join(dist, 'index.html');
  if (existsSync(index) && (await readFile(stamp, 'utf8').catch(() => '')) === wanted) {
    // The same content with newer times, as after a change of branch and back: MSBuild compares times.
    const now = new Date();
    await utimes(index, now, now);
    return;
  }
  process.stdout.write('Web client: building ...\n');
  const fresh = join(work, `dist-${process.pid}`);
  const old = join(work, `old-${process.pid}`);
  try {
    await run(
      'npm',
      ['run', 'build', '--', '--outDir', fresh, '--emptyOutDir'],
      'build.log',
      'The web client does not build',
    );
    await compress(join(fresh, 'assets'));
    await rm(stamp, { force: true });
    if (existsSync(dist)) await rename(dist, old);
    await rename(fresh, dist);
    await writeFile(stamp, wanted);
  } finally {
    await rm(fresh, { recursive: true, force: true });
    await rm(old, { recursive: true, force: true });
  }
}

/** Both at their best, which takes a second once and saves two thirds of every first visit. */
async function compress(folder) {
  const kinds = [
    ['.br', promisify(brotliCompress), {}],
    ['.gz', promisify(gzip), { level: 9 }],
  ];
  for (const name of await readdir(folder))
    for (const [extension, copy, options] of kinds) {
      const content = await readFile(join(folder, name));
      const copied = await copy(content, options);
      if (copied.length < content.length) await writeFile(join(folder, name + extension), copied);
    }
}

/** Everything that dist is made from, besides the packages. */
async function sources() {
  const files = [
    'build.mjs',
    'index.html',
    'package.json',
    'package-lock.json',
    'tsconfig.json',
    'vite.config.ts',
  ];
  for (const folder of ['src', 'public'])
    for (const entry of await readdir(join(web, folder), { recursive: true, withFileTypes: true }))
      if (entry.isFile()) files.push(join(entry.parentPath ?? entry.path, entry.name).slice(web.length + 1));
  return files;
}

async function hashOf(files, salt = '') {
  const hash = createHash('sha256').update(salt);
  for (const file of files.toSorted()) hash.update(`\0${file}\0`).update(await readFile(join(web, file)));
  return hash.digest('hex');
}

/** Runs a program in web/; its output goes to a log, and its most telling line into the failure's sentence. */
async function run(program, args, logName, what) {
  const output = [];
  const exitCode = await new Promise((done, fail) => {
    // npm is a command script on Windows, which only a shell can start.
    const child = spawn(program, args, {
      cwd: web,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    });
    child.stdout.on('data', (data) => output.push(data));
    child.stderr.on('data', (data) => output.push(data));
    child.on('close', done);
    child.on('error', (error) =>
      fail(
        error.code === 'ENOENT'
          ? new BuildError(
              `Node 20.19 or newer is needed to build the web client: node is there but ${program} was not found on the PATH; install npm, or leave the web client out with -p:SkipWebClient=true.`,
            )
          : error,
      ),
    );
  });
  const text = Buffer.concat(output).toString('utf8');
  const log = join(work, logName);
  await writeFile(log, text);
  if (exitCode !== 0)
    throw new BuildError(`${what} (exit code ${exitCode}): ${tellingLine(text)} (all of it: ${log}).`);
}

function tellingLine(text) {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const errors = lines.filter((line) => /\berror\b/i.test(line));
  // npm's first error lines are bare codes; the sentence follows them.
  const sentence =
    errors.find((line) => !/^npm error($| (code|errno|syscall|path|type)\b)/.test(line)) ??
    lines.at(-1) ??
    'it printed nothing';
  return sentence.replace(/^npm error\s+/, '').replace(/\.$/, '');
}

// Preloaded into a process under measurement: on its exit, writes the CPU seconds it took.
const { writeFileSync } = require('node:fs');

process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  writeFileSync(process.env.WEIR_BENCH_CPU, String((user + system) / 1e6));
});

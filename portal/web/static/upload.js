// Several files at once, in chunks that go on where the connection broke. Without this file the
// form sends one file at a time.
"use strict";

(() => {
  const RETRIES = [1000, 2000, 4000, 8000, 15000];
  const HASHED = 256 * 1024 * 1024; // beyond this a browser should not hold a file in memory

  const form = document.getElementById("upload");
  const chooser = form.querySelector("input[type=file]");
  const queue = document.getElementById("queue");
  const said = document.getElementById("upload-said");
  const words = form.dataset;
  const token = form.querySelector("[name=csrf_token]").value;
  const jobs = [];
  let running = false;

  class Refused extends Error {}
  class SignedOut extends Error {}
  class Stopped extends Error {}

  form.classList.add("live");
  chooser.multiple = true;
  chooser.required = false;
  form.querySelector(".send").hidden = true;

  chooser.addEventListener("change", () => {
    take(chooser.files);
    chooser.value = "";
  });
  form.addEventListener("submit", (event) => event.preventDefault());

  // Anywhere on the page counts: a file that misses the box must not replace the page.
  document.addEventListener("dragover", (event) => {
    if (event.dataTransfer.types.includes("Files")) {
      event.preventDefault();
      form.classList.add("over");
    }
  });
  document.addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) {
      form.classList.remove("over");
    }
  });
  document.addEventListener("drop", (event) => {
    if (event.dataTransfer.files.length) {
      event.preventDefault();
      form.classList.remove("over");
      take(event.dataTransfer.files);
    }
  });
  window.addEventListener("online", () => jobs.filter((job) => job.broken).forEach(again));
  window.addEventListener("beforeunload", (event) => {
    if (jobs.some((job) => job.state === "sending")) {
      event.preventDefault();
    }
  });

  function take(files) {
    for (const file of files) {
      const row = document.getElementById("queue-row").content.cloneNode(true).firstElementChild;
      const part = (name) => row.querySelector(`.sent-${name}`);
      const job = { file, row, part, bar: row.querySelector("progress"), state: "waiting" };
      part("name").textContent = file.name;
      part("size").textContent = size(file.size);
      job.bar.setAttribute("aria-label", file.name);
      part("stop").addEventListener("click", () => stop(job));
      part("again").addEventListener("click", () => again(job));
      queue.append(row);
      jobs.push(job);
      if (file.size > Number(words.largest)) {
        fail(job, words.tooLarge);
      } else {
        say(job, words.waiting);
      }
    }
    run();
  }

  async function run() {
    if (running) {
      return;
    }
    running = true;
    for (let job; (job = jobs.find((each) => each.state === "waiting"));) {
      await send(job);
    }
    running = false;
    const added = jobs.filter((job) => job.state === "added");
    if (jobs.length === 1 && added.length === 1) {
      location.assign(added[0].url); // one file: straight on to its draft
    }
  }

  async function send(job) {
    job.state = "sending";
    job.broken = false;
    job.part("again").hidden = true;
    try {
      await transfer(job);
    } catch (error) {
      if (error instanceof Stopped) {
        return;
      }
      if (error instanceof Refused) {
        fail(job, error.message);
      } else {
        job.broken = true;
        job.state = "broken";
        job.row.classList.add("failed");
        job.part("again").hidden = false;
        say(job, error instanceof SignedOut ? words.signedOut
          : navigator.onLine ? words.failed : words.broken, true);
      }
    }
  }

  async function transfer(job) {
    const { file } = job;
    const started = await ask(job, words.parts,
      fields({ name: file.name, size: file.size, modified: file.lastModified }));
    job.url = `${words.parts}/${started.id}`;
    say(job, started.received ? words.resumed : words.sending);
    let offset = started.received;
    show(job, offset);
    while (offset < file.size) {
      const chunk = file.slice(offset, offset + started.chunk);
      const answer = await ask(job, `${job.url}?offset=${offset}`, chunk, offset);
      offset = answer.received;
      show(job, offset);
      say(job, words.sending);
    }
    say(job, words.reading);
    job.bar.removeAttribute("value");
    const answer = await ask(job, `${job.url}/finish`, fields({ sha256: await digest(file) }));
    done(job, answer);
  }

  // One request; a broken connection is tried again, and a chunk that the server already has is
  // not sent twice.
  async function ask(job, url, body, offset = 0) {
    for (let attempt = 0; ; attempt += 1) {
      let answer;
      try {
        answer = await post(job, url, body, offset);
      } catch (error) {
        if (error instanceof Stopped || attempt >= RETRIES.length || !navigator.onLine) {
          throw error;
        }
        say(job, words.broken);
        await new Promise((resolve) => setTimeout(resolve, RETRIES[attempt]));
        continue;
      }
      if (answer.status === 200) {
        return answer.body;
      }
      if (answer.status === 409 && answer.body?.reason === "offset") {
        return answer.body;
      }
      const refusal = answer.body?.message ?? answer.body?.detail;
      if (refusal) {
        throw new Refused(refusal);
      }
      throw answer.status < 500 ? new SignedOut() : new Error("no answer");
    }
  }

  function post(job, url, body, offset) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      job.request = request;
      request.open("POST", url);
      request.setRequestHeader("X-CSRFToken", token);
      request.setRequestHeader("Accept", "application/json");
      if (body instanceof Blob) {
        request.setRequestHeader("Content-Type", "application/octet-stream");
        request.upload.addEventListener("progress", (event) => show(job, offset + event.loaded));
      }
      request.addEventListener("load", () => {
        let parsed = null;
        try {
          parsed = JSON.parse(request.responseText);
        } catch {
          // a page, not an answer: signed out, or an error of the server
        }
        resolve({ status: parsed ? request.status : Math.max(request.status, 400), body: parsed });
      });
      request.addEventListener("error", () => reject(new Error("no connection")));
      request.addEventListener("abort", () => reject(new Stopped()));
      request.send(body);
    });
  }

  // The server compares it with what arrived. Browsers offer it on secure pages only.
  async function digest(file) {
    if (!window.crypto?.subtle || file.size > HASHED) {
      return "";
    }
    const bytes = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
    return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  function done(job, answer) {
    if (answer.status === "failed") {
      fail(job, answer.message);
      return;
    }
    job.state = answer.status;
    job.url = answer.url;
    job.bar.value = 100;
    job.part("stop").hidden = true;
    job.row.classList.add(answer.status === "added" ? "finished" : "failed");
    if (answer.url) {
      const link = job.part("link");
      link.href = answer.url;
      link.textContent = answer.status === "added" ? words.edit : words.open;
      link.setAttribute("aria-label", `${link.textContent} ${answer.title}`);
      link.hidden = false;
    }
    say(job, answer.status === "added" ? words.added : answer.message, true);
  }

  function fail(job, message) {
    job.state = "failed";
    job.row.classList.add("failed");
    job.bar.hidden = true;
    job.part("stop").hidden = true;
    say(job, message, true);
  }

  function stop(job) {
    const sent = job.url;
    job.state = "stopped";
    job.request?.abort();
    fail(job, words.stopped);
    job.part("again").hidden = true;
    job.state = "stopped";
    if (sent) {
      fetch(`${sent}/discard`, { method: "POST", headers: { "X-CSRFToken": token } }).catch(() => {});
    }
  }

  function again(job) {
    if (job.state !== "broken") {
      return;
    }
    job.state = "waiting";
    job.row.classList.remove("failed");
    say(job, words.waiting);
    run();
  }

  function show(job, received) {
    const share = Math.floor((received / job.file.size) * 100);
    job.bar.value = share;
    job.part("size").textContent = `${size(job.file.size)} · ${share}%`;
  }

  function say(job, text, aloud = false) {
    job.part("state").textContent = text;
    if (aloud) {
      said.textContent = `${job.file.name} ${text}`;
    }
  }

  function fields(values) {
    return new URLSearchParams(values);
  }

  function size(bytes) {
    const unit = bytes < 1024 ? 0 : bytes < 1024 ** 2 ? 1 : bytes < 1024 ** 3 ? 2 : 3;
    const value = bytes / 1024 ** unit;
    return `${value < 10 && unit ? value.toFixed(1) : Math.round(value)} ${["B", "KB", "MB", "GB"][unit]}`;
  }
})();

import "./core/locale";
import { mount } from "svelte";
import "./app.css";
import { Atelier } from "./core/atelier";
import { styled } from "./core/styled";
import { Engine } from "./engine/client";
import App from "./ui/App.svelte";

// Where `begin.js` has found that something is missing, its words stand in place of the page.
if (document.documentElement.dataset.missing === undefined && (await styled())) {
  const atelier = new Atelier(new Engine());
  mount(App, { target: document.getElementById("app")!, props: { atelier } });
  void atelier.open();
}

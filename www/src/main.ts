import { mount } from "svelte";
import "./app.css";
import { Atelier } from "./core/atelier";
import { Engine } from "./engine/client";
import App from "./ui/App.svelte";

const atelier = new Atelier(new Engine());
mount(App, { target: document.getElementById("app")!, props: { atelier } });
void atelier.open();

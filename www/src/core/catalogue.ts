/** What can be chosen, as the engine has it: layers, activations, optimisers and settings, their names, defaults and ranges. */
import written from "../engine/generated/types/catalogue.json";
import type { Catalogue, Network } from "../engine/protocol";

/** Known before the engine is there: it is written out when the page is built. */
export const CATALOGUE = written.catalogue as unknown as Catalogue;

/** The networks offered on the pictures that the page opens with; the first is the one that it opens with. */
export const PRESETS = written.presets as unknown as [Network, ...Network[]];

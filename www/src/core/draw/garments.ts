/** Fashion-MNIST's classes, in its order and its authors' words: those that drawings are told by. */
export const GARMENTS = ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"] as const;
export type GarmentName = (typeof GARMENTS)[number];

/** Of the picture that the network sees. */
export const SEEN = 28;

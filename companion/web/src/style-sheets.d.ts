/** The bundler takes style sheets in; the compiler only has to know that they exist. */
declare module "*.css";

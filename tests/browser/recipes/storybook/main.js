// .storybook/main.js
import { proxy } from "../vite.config";

export default {
  framework: "@storybook/react-vite",
  stories: ["../src/**/*.stories.jsx"],
  viteFinal: (config) => ({ ...config, server: { ...config.server, proxy: proxy("development") } }),
};

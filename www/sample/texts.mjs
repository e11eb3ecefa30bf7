/* The texts of the sample: what somebody saw, without the animal's name. Written for this project. */

/** Every text by file name; with the answer that is right. */
export const texts = {
  "note-1.txt": {
    answer: "cat",
    content: "It sat on the window sill, washed one paw, and pretended not to see the open door.\n",
  },
  "note-2.txt": {
    answer: "fish",
    content: "A silver flash under the bridge, then rings on the water where it had come up for a fly.\n",
  },
  "note-3.txt": {
    answer: "snail",
    content: "It carried its house up the garden wall overnight. By morning it had come as far as the first leaf.\n",
  },
  "note-4.txt": {
    answer: "bird",
    content: "Before sunrise it was already singing from the top of the chimney, feathers fluffed against the cold.\n",
  },
  "note-5.txt": {
    answer: "fish",
    content: "The tank was quiet. It hung above the gravel, opened and closed its gills, and waited for food.\n",
  },
  "note-6.txt": {
    answer: "cat",
    content: "It purred before I had even found the tin opener.\n",
  },
  "note-7.txt": {
    answer: "bird",
    content: "The nest under the roof is empty now; the last of the young ones flew on Tuesday.\n",
  },
  "note-8.txt": {
    answer: "snail",
    content: "After the rain there was a shining trail across the whole path, and at its end two small horns.\n",
  },
};

import { Play } from './play';
import { eachSeed, expectThat } from './seeds';

it.each([0, 1, 2, 3, 4, 5])('whole swarms come to a good end, whatever breaks: part %i of 6', async (part) => {
  await eachSeed(
    50,
    async (seed) => {
      const play = await new Play(seed).begin();
      expectThat(play.end(), `every honest leecher has everything: ${play.review}`);
    },
    part * 50,
  );
});
